package dev.sonde.cli;

import dev.sonde.eval.OneVsRest;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `sonde onnx` prints.
final class OnnxTables {
  private OnnxTables() {}

  static void points(Network network, boolean json, PrintWriter out) {
    if (json) {
      var root = JsonMapper.shared().createObjectNode();
      root.put("network", network.name());
      var tensors = root.putArray("tensors");
      for (var point : network.points()) {
        var node = tensors.addObject();
        node.put("name", point.name());
        node.put("role", role(point));
        node.put("node", point.node());
        node.put("op", point.op());
        node.put("type", point.type());
        var sizes = node.putArray("sizes");
        point.sizes().forEach(sizes::add);
        node.put("shape", point.shape());
        node.put("editable", point.consumed());
      }
      out.println(root);
      return;
    }
    long computed = network.points().stream().filter(TensorPoint::computed).count();
    long stored =
        network.points().stream().filter(p -> p.role() == TensorPoint.Role.INITIALISER).count();
    out.printf(
        "%s: %d inputs, %d tensors computed, %d stored%n",
        network.name(), network.inputs().size(), computed, stored);
    int width = width(network.points().stream().map(TensorPoint::name).toList());
    for (var point : network.points()) {
      out.printf(
          "  %-11s %-" + width + "s  %-8s %-24s %s%n",
          role(point),
          point.name(),
          point.type(),
          point.shape(),
          point.op().isEmpty() ? "" : point.op() + " " + point.node());
    }
  }

  static void layers(OnnxProbe job, List<OnnxProbe.Layer> layers, boolean json, PrintWriter out) {
    var train = job.train();
    double majority = OneVsRest.majority(job.labels(), train);
    if (json) {
      json(job, layers, majority, out);
      return;
    }
    long trained = job.training().stream().filter(b -> b).count();
    out.printf(
        Locale.ROOT,
        "%s: %d classes, %d training rows, %d held out; most frequent class %.3f%n",
        job.network().name(),
        job.labels().names().size(),
        trained,
        train.length - trained,
        majority);
    int width = width(layers.stream().map(OnnxProbe.Layer::tensor).toList());
    var names = "  %-" + width + "s  %7s";
    out.printf(names + "  accuracy  null mean (max)  p", "tensor", "width");
    out.println(job.against().isPresent() ? "      against  where they differ: of each" : "");
    var differ = job.differing();
    for (var layer : layers) {
      out.printf(names, layer.tensor(), layer.width());
      if (layer.probe().isEmpty()) {
        out.println("  the same for every row");
        continue;
      }
      row(job, layer, layer.probe().get(), differ, out);
    }
  }

  private static void row(
      OnnxProbe job, OnnxProbe.Layer layer, OneVsRest probe, boolean[] differ, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "  %.3f     %.3f (%.3f)    %.3f",
        probe.accuracy(),
        Arrays.stream(probe.nulls()).average().orElse(Double.NaN),
        Arrays.stream(probe.nulls()).max().orElse(Double.NaN),
        probe.pValue());
    if (layer.against().isPresent() && job.against().isPresent()) {
      out.printf(
          Locale.ROOT,
          "  %.3f    %.3f %.3f",
          layer.against().get().accuracy(),
          probe.accuracy(job.labels(), differ),
          layer.against().get().accuracy(job.against().get(), differ));
    }
    out.println();
  }

  private static void json(
      OnnxProbe job, List<OnnxProbe.Layer> layers, double majority, PrintWriter out) {
    var root = JsonMapper.shared().createObjectNode();
    root.put("network", job.network().name());
    root.put("majority", majority);
    root.put("seed", job.seed().value());
    root.put("permutations", job.permutations());
    var list = root.putArray("layers");
    var differ = job.differing();
    for (var layer : layers) {
      var node = list.addObject();
      node.put("tensor", layer.tensor());
      node.put("width", layer.width());
      layer
          .probe()
          .ifPresent(p -> {
            put(node, p);
            if (job.against().isPresent()) {
              node.put("accuracy_where_they_differ", p.accuracy(job.labels(), differ));
            }
          });
      layer
          .against()
          .ifPresent(p -> {
            var other = node.putObject("against");
            put(other, p);
            job.against()
                .ifPresent(a -> other.put("accuracy_where_they_differ", p.accuracy(a, differ)));
          });
    }
    out.println(root);
  }

  private static void put(ObjectNode node, OneVsRest probe) {
    node.put("accuracy", probe.accuracy());
    node.put("c", probe.c());
    node.put("p", probe.pValue());
    var nulls = node.putArray("nulls");
    Arrays.stream(probe.nulls()).forEach(nulls::add);
  }

  private static int width(List<String> names) {
    return Math.min(48, names.stream().mapToInt(String::length).max().orElse(1));
  }

  private static String role(TensorPoint point) {
    return point.role().name().toLowerCase(Locale.ROOT);
  }
}
