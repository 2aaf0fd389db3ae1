package dev.sonde.report;

import dev.sonde.io.BadInput;
import dev.sonde.study.Findings;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Findings as `results.json`, schema `sonde.results/1`: the fields of [Findings] under their own
/// names, digests as hex text, numbers that were not measured as null.
public final class Results {
  public static final String SCHEMA = "sonde.results/1";
  static final JsonMapper JSON = JsonMapper.builder().build();

  private Results() {}

  /// The whole, indented.
  public static String pretty(Findings findings) {
    return tree(findings).toPrettyString() + "\n";
  }

  /// The whole on one line.
  public static String compact(Findings findings) {
    return JSON.writeValueAsString(tree(findings));
  }

  /// Reads what [#pretty] wrote, as a tree.
  ///
  /// @throws BadInput if it is something else
  public static JsonNode parse(String text) {
    try {
      var tree = JSON.readTree(text);
      if (tree.path("schema").asString("").equals(SCHEMA)) {
        return tree;
      }
    } catch (JacksonException e) {
      throw new BadInput("these results are no JSON: " + e.getOriginalMessage(), e);
    }
    throw new BadInput("expected results of schema %s".formatted(SCHEMA));
  }

  private static ObjectNode tree(Findings findings) {
    return tree(SCHEMA, findings);
  }

  /// Any record of plain values under the name of its schema.
  static ObjectNode tree(String schema, Object findings) {
    var out = JSON.createObjectNode();
    out.put("schema", schema);
    ObjectNode all = JSON.valueToTree(findings);
    for (var field : all.properties()) {
      out.set(field.getKey(), plain(field.getValue()));
    }
    return out;
  }

  /// NaN to null, digests to their hex.
  private static JsonNode plain(JsonNode node) {
    if (node instanceof ObjectNode object) {
      if (object.size() == 1 && object.has("hex")) {
        return object.get("hex");
      }
      var out = JSON.createObjectNode();
      object.properties().forEach(f -> out.set(f.getKey(), plain(f.getValue())));
      return out;
    }
    if (node instanceof ArrayNode array) {
      var out = JSON.createArrayNode();
      array.forEach(n -> out.add(plain(n)));
      return out;
    }
    if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
      return JSON.nullNode();
    }
    return node;
  }
}
