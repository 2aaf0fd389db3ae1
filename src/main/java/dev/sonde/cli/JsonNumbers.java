package dev.sonde.cli;

import dev.sonde.eval.Interval;
import tools.jackson.databind.node.ObjectNode;

/// Numbers into JSON in full: the shortest text that gives the same float64 back. What is not
/// finite is null.
final class JsonNumbers {
  private JsonNumbers() {}

  static void put(ObjectNode node, String key, double value) {
    if (Double.isFinite(value)) {
      node.put(key, value);
    } else {
      node.putNull(key);
    }
  }

  static void put(ObjectNode node, String key, Interval interval) {
    if (Double.isFinite(interval.low()) && Double.isFinite(interval.high())) {
      node.putArray(key).add(interval.low()).add(interval.high());
    } else {
      node.putNull(key);
    }
  }

  static void put(ObjectNode node, String key, double[] values) {
    var list = node.putArray(key);
    for (double v : values) {
      if (Double.isFinite(v)) {
        list.add(v);
      } else {
        list.addNull();
      }
    }
  }
}
