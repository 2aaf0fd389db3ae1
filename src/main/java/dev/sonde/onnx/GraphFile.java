package dev.sonde.onnx;

import dev.sonde.io.BadInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What an ONNX file (onnx.proto) says of its graph's names: nodes and their outputs, inputs,
/// outputs, constants, and who reads what. Values stay where they are.
///
/// Nothing recurses: graphs within nodes (branches, loops) wait in a queue, to a bounded depth, and
/// how many names are kept is bounded, whatever the file claims.
final class GraphFile {
  private static final int MODEL_GRAPH = 7;
  static final int GRAPH_NODE = 1;
  static final int GRAPH_CONSTANT = 5;
  static final int GRAPH_INPUT = 11;
  static final int GRAPH_OUTPUT = 12;
  static final int NODE_INPUT = 1;
  static final int NODE_OUTPUT = 2;
  static final int VALUE_NAME = 1;
  static final int CONSTANT_NAME = 8;

  private static final int MOST_NAMES = 300_000;
  private static final int DEEPEST = 32;

  /// A node, and the tensors it makes.
  record Node(String name, String op, List<String> outputs) {}

  /// An initialiser: the number of its type in onnx.proto, and its sizes.
  record Constant(String name, int type, List<Long> sizes) {}

  private record Within(int from, int to, int depth) {}

  private final byte[] bytes;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private final List<String> inputs = new ArrayList<>();
  private final Set<String> outputs = new LinkedHashSet<>();
  private final Set<String> consumed = new HashSet<>();
  private final Set<String> made = new HashSet<>();
  private final Set<String> locations = new TreeSet<>();
  private int start = -1;
  private int from;
  private int to;
  private int kept;
  private boolean external;

  private GraphFile(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @throws BadInput if the bytes are no ONNX model
  static GraphFile read(byte[] bytes) {
    var out = new GraphFile(bytes);
    var model = new Wire(bytes, 0, bytes.length);
    while (model.next()) {
      if (model.is(MODEL_GRAPH)) {
        if (out.start >= 0) {
          throw new BadInput("the ONNX file has two graphs; a model has one");
        }
        out.start = model.start();
        out.from = model.from();
        out.to = model.to();
      }
    }
    if (out.start < 0) {
      throw new BadInput("this is no ONNX model: no graph is in the file");
    }
    out.graph();
    return out;
  }

  byte[] bytes() {
    return bytes;
  }

  /// Where the graph's field begins in the file, its key included.
  int start() {
    return start;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  List<Node> nodes() {
    return nodes;
  }

  List<Constant> constants() {
    return constants;
  }

  /// Names of what is fed, without constants that are declared as inputs too.
  List<String> inputs() {
    return inputs;
  }

  Set<String> outputs() {
    return outputs;
  }

  /// Whether a node, in this graph or in one within, reads the tensor.
  boolean consumed(String tensor) {
    return consumed.contains(tensor);
  }

  /// Whether a node, an input or a constant makes the tensor.
  boolean has(String tensor) {
    return made.contains(tensor);
  }

  /// Whether numbers lie in other files beside this one.
  boolean external() {
    return external;
  }

  /// Names of those files, in their order.
  Set<String> locations() {
    return locations;
  }

  private void graph() {
    var declared = new ArrayList<String>();
    var at = new Wire(bytes, from, to);
    while (at.next()) {
      if (at.is(GRAPH_NODE)) {
        nodes.add(node(at.inner()));
      } else if (at.is(GRAPH_CONSTANT)) {
        constants.add(constant(at.inner()));
      } else if (at.is(GRAPH_INPUT)) {
        declared.add(value(at.inner()));
      } else if (at.is(GRAPH_OUTPUT)) {
        outputs.add(value(at.inner()));
      }
    }
    nodes.forEach(n -> n.outputs.forEach(this::makes));
    constants.forEach(c -> makes(c.name));
    var constant = new HashSet<String>();
    constants.forEach(c -> constant.add(c.name));
    for (var name : declared) {
      if (!constant.contains(name)) {
        makes(name);
        inputs.add(name);
      }
    }
    for (var name : outputs) {
      if (!made.contains(name)) {
        throw new BadInput(
            "the graph's output '%s' is made by none of its nodes; the file is damaged"
                .formatted(name));
      }
    }
  }

  private void makes(String tensor) {
    if (!made.add(tensor)) {
      throw new BadInput(
          "the tensor '%s' is made twice; the ONNX file is damaged".formatted(tensor));
    }
  }

  private Node node(Wire at) {
    var name = "";
    var op = "";
    var out = new ArrayList<String>();
    while (at.next()) {
      if (at.is(NODE_INPUT)) {
        consumed.add(kept(at.text()));
      } else if (at.is(NODE_OUTPUT)) {
        var text = kept(at.text());
        if (!text.isEmpty()) {
          out.add(text);
        }
      } else if (at.is(3)) {
        name = kept(at.text());
      } else if (at.is(4)) {
        op = kept(at.text());
      } else if (at.is(5)) {
        attribute(at.inner());
      }
    }
    return new Node(name, op, List.copyOf(out));
  }

  /// What the graphs within an attribute read, and those within these.
  private void attribute(Wire attribute) {
    var waiting = new ArrayDeque<Within>();
    graphsOf(attribute, 1, waiting);
    while (!waiting.isEmpty()) {
      var next = waiting.remove();
      var at = new Wire(bytes, next.from, next.to);
      while (at.next()) {
        if (at.is(GRAPH_NODE)) {
          inner(at.inner(), next.depth, waiting);
        } else if (at.is(GRAPH_OUTPUT)) {
          consumed.add(value(at.inner()));
        }
      }
    }
  }

  private void inner(Wire at, int depth, ArrayDeque<Within> waiting) {
    while (at.next()) {
      if (at.is(NODE_INPUT)) {
        consumed.add(kept(at.text()));
      } else if (at.is(5)) {
        graphsOf(at.inner(), depth + 1, waiting);
      }
    }
  }

  private void graphsOf(Wire attribute, int depth, ArrayDeque<Within> waiting) {
    while (attribute.next()) {
      if (attribute.is(6) || attribute.is(11)) {
        if (depth > DEEPEST) {
          throw new BadInput(
              "graphs lie %d deep in each other in this ONNX file; at most %d are read"
                  .formatted(depth, DEEPEST));
        }
        count();
        waiting.add(new Within(attribute.from(), attribute.to(), depth));
      }
    }
  }

  private String value(Wire at) {
    var name = "";
    while (at.next()) {
      if (at.is(VALUE_NAME)) {
        name = kept(at.text());
      }
    }
    return name;
  }

  private Constant constant(Wire at) {
    var name = "";
    int type = 0;
    var sizes = new ArrayList<Long>();
    while (at.next()) {
      if (at.isNumber(1)) {
        count();
        sizes.add(at.value());
      } else if (at.isNumber(2)) {
        type = (int) at.value();
      } else if (at.is(CONSTANT_NAME)) {
        name = kept(at.text());
      } else if (at.is(13)) {
        outside(at.inner());
      }
    }
    return new Constant(name, type, List.copyOf(sizes));
  }

  /// A line of where a constant lies outside; it may not leave the model's folder.
  private void outside(Wire at) {
    external = true;
    var key = "";
    var value = "";
    while (at.next()) {
      if (at.is(1)) {
        key = at.text();
      } else if (at.is(2)) {
        value = at.text();
      }
    }
    boolean away =
        value.startsWith("/")
            || value.contains("..")
            || value.contains("\\")
            || value.contains(":");
    if (key.equals("location") && away) {
      throw new BadInput(
          "the ONNX file reads its numbers from '%s'; only files in its own folder are opened"
              .formatted(value));
    }
    if (key.equals("location") && !value.isEmpty()) {
      locations.add(value);
    }
  }

  private String kept(String name) {
    count();
    return name;
  }

  private void count() {
    if (++kept > MOST_NAMES) {
      throw new BadInput(
          "the ONNX file has more than %,d names of nodes and tensors; that is not read"
              .formatted(MOST_NAMES));
    }
  }
}
