package dev.sonde.hook;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Edits with the shape of the network they were made for, as a file: JSON of schema
/// `sonde.edits/1`, vectors included, so that it needs no other file.
public record EditList(Dims dims, List<Intervention> edits) {
  public static final String SCHEMA = "sonde.edits/1";

  /// The shape that edits depend on.
  public record Dims(int layers, int dModel, int heads, int keyValueHeads, int dHead) {
    @Override
    public String toString() {
      return "%d layers, d_model %d, %d heads (%d for keys and values) of %d"
          .formatted(layers, dModel, heads, keyValueHeads, dHead);
    }
  }

  public EditList {
    edits = List.copyOf(edits);
  }

  /// @throws BadInput for a network of another shape
  public void mustFit(Dims other) {
    if (!dims.equals(other)) {
      throw new BadInput(
          "these edits were made for a network of %s, this one has %s; make them anew for it"
              .formatted(dims, other));
    }
  }

  /// Writes the whole file or nothing.
  ///
  /// @throws BadInput for an edit that is code
  public void write(Path file) {
    AtomicFile.writeString(file, json().toPrettyString() + "\n");
  }

  /// What [#write] writes.
  public ObjectNode json() {
    var out = JsonMapper.shared().createObjectNode();
    out.put("schema", SCHEMA);
    out.putObject("shape")
        .put("layers", dims.layers)
        .put("d_model", dims.dModel)
        .put("heads", dims.heads)
        .put("kv_heads", dims.keyValueHeads)
        .put("d_head", dims.dHead);
    var list = out.putArray("edits");
    for (var edit : edits) {
      var one = list.addObject();
      one.put("point", edit.point().toString());
      one.put("positions", edit.positions().brief());
      if (!edit.heads().isEmpty()) {
        var heads = one.putArray("heads");
        edit.heads().forEach(heads::add);
      }
      one.put("operation", edit.operation().kind());
      write(edit.operation(), one);
    }
    return out;
  }

  private static void write(Operation operation, ObjectNode out) {
    switch (operation) {
      case Operation.Zero() -> {}
      case Operation.Scale(double factor) -> out.put("factor", factor);
      case Operation.Add(double strength, Vector vector) -> {
        out.put("strength", strength);
        write(vector, out);
      }
      case Operation.Replace(Vector vector) -> write(vector, out);
      case Operation.Mean(Vector vector) -> write(vector, out);
      case Operation.Custom(String name, var _) ->
          throw new BadInput(
              "the edit '%s' is a function, which cannot be saved; the other operations can"
                  .formatted(name));
    }
  }

  private static void write(Vector vector, ObjectNode out) {
    if (!vector.source().isEmpty()) {
      out.put("source", vector.source());
    }
    var numbers = out.putArray("vector");
    for (double number : vector.numbers()) {
      numbers.add(number);
    }
  }

  /// @throws BadInput for a file that is missing or holds no edits
  public static EditList read(Path file) {
    try {
      var json = JsonMapper.shared().readTree(Files.readString(file));
      if (!json.path("schema").asString("").equals(SCHEMA)) {
        throw new BadInput(
            "it has the schema '%s', expected is %s"
                .formatted(json.path("schema").asString(""), SCHEMA));
      }
      var shape = json.path("shape");
      var dims =
          new Dims(
              integer(shape, "layers"),
              integer(shape, "d_model"),
              integer(shape, "heads"),
              integer(shape, "kv_heads"),
              integer(shape, "d_head"));
      var edits = new ArrayList<Intervention>();
      for (var edit : json.path("edits")) {
        edits.add(edit(edit));
      }
      return new EditList(dims, edits);
    } catch (IOException e) {
      throw new BadInput(
          "%s cannot be read (%s)"
              .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"),
          e);
    } catch (JacksonException | BadInput e) {
      throw new BadInput("%s holds no edits: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Intervention edit(JsonNode json) {
    var heads = new ArrayList<Integer>();
    for (var head : json.path("heads")) {
      if (!head.isInt() || head.intValue() < 0) {
        throw new BadInput("'%s' is no head".formatted(head));
      }
      heads.add(head.intValue());
    }
    return new Intervention(
        Point.parse(text(json, "point")),
        Positions.parse(text(json, "positions")),
        heads,
        operation(json));
  }

  private static Operation operation(JsonNode json) {
    var kind = text(json, "operation");
    return switch (kind) {
      case "zero" -> new Operation.Zero();
      case "scale" -> new Operation.Scale(number(json, "factor"));
      case "add" -> new Operation.Add(number(json, "strength"), vector(json));
      case "replace" -> new Operation.Replace(vector(json));
      case "mean" -> new Operation.Mean(vector(json));
      default -> throw new BadInput("'%s' is no operation that a file can hold".formatted(kind));
    };
  }

  private static Vector vector(JsonNode json) {
    var list = json.path("vector");
    var numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!list.get(i).isNumber()) {
        throw new BadInput("'%s' in a vector is no number".formatted(list.get(i)));
      }
      numbers[i] = list.get(i).doubleValue();
    }
    return Vector.of(numbers, json.path("source").asString(""));
  }

  private static double number(JsonNode json, String key) {
    if (!json.path(key).isNumber()) {
      throw new BadInput("a number \"%s\" is missing".formatted(key));
    }
    return json.path(key).doubleValue();
  }

  private static int integer(JsonNode json, String key) {
    if (!json.path(key).isInt()) {
      throw new BadInput("a whole number \"%s\" is missing from \"shape\"".formatted(key));
    }
    return json.path(key).intValue();
  }

  private static String text(JsonNode json, String key) {
    if (!json.path(key).isString()) {
      throw new BadInput("\"%s\" is missing from an edit".formatted(key));
    }
    return json.path(key).stringValue();
  }
}
