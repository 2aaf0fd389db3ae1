package dev.sonde.onnx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// A graph with more outputs and with edits, made of the bytes of a file; the file stays.
///
/// An edited tensor T keeps its name for all who read it, in graphs within nodes too. Who makes T
/// makes `T/before` instead, and a new node makes T: of a new input `T/edit` alone, or of the sum
/// of both.
final class Rewrite {
  private static final int VALUE_TYPE = 2;

  private final GraphFile file;
  private final Map<String, Change> edits;
  private final Map<String, Integer> types;
  private final Map<String, String> before = new HashMap<>();
  private final Map<String, String> given = new HashMap<>();
  private final Segments graph = new Segments();
  private int copied;

  private Rewrite(GraphFile file, Map<String, Change> edits, Map<String, Integer> types) {
    this.file = file;
    this.edits = edits;
    this.types = types;
    for (var tensor : edits.keySet()) {
      before.put(tensor, free(tensor + "/before"));
      given.put(tensor, free(tensor + "/edit"));
    }
  }

  /// The bytes of a graph that gives out `outputs` as well, with `edits`; `types` are the types of
  /// edited tensors as onnx.proto numbers them.
  static Rewrite of(
      GraphFile file,
      Collection<String> outputs,
      Map<String, Change> edits,
      Map<String, Integer> types) {
    var out = new Rewrite(file, edits, types);
    out.run(outputs);
    return out;
  }

  /// The input that an edit's numbers are fed to.
  String given(String tensor) {
    return given.getOrDefault(tensor, tensor);
  }

  /// What an input of the graph is called now.
  String input(String name) {
    return edits.containsKey(name) ? before.getOrDefault(name, name) : name;
  }

  byte[] toBytes() {
    var whole = new Segments().add(file.bytes(), 0, file.start());
    return whole.message(7, graph).add(file.bytes(), file.to(), file.bytes().length).toBytes();
  }

  private void run(Collection<String> outputs) {
    copied = file.from();
    var made = new HashSet<String>();
    file.nodes().forEach(n -> made.addAll(n.outputs()));
    edits.keySet().stream().filter(t -> !made.contains(t)).sorted().forEach(this::insert);
    var at = new Wire(file.bytes(), file.from(), file.to());
    while (at.next()) {
      if (at.is(GraphFile.GRAPH_NODE)) {
        field(at, GraphFile.NODE_OUTPUT, false);
      } else if (at.is(GraphFile.GRAPH_CONSTANT)) {
        field(at, GraphFile.CONSTANT_NAME, true);
      } else if (at.is(GraphFile.GRAPH_INPUT)) {
        field(at, GraphFile.VALUE_NAME, true);
      }
    }
    graph.add(file.bytes(), copied, file.to());
    for (var tensor : edits.keySet()) {
      var kind = new Segments().number(1, types.getOrDefault(tensor, 0));
      var type = new Segments().message(1, kind);
      graph.message(
          GraphFile.GRAPH_INPUT,
          new Segments().text(GraphFile.VALUE_NAME, given(tensor)).message(VALUE_TYPE, type));
    }
    for (var tensor : new HashSet<>(outputs)) {
      if (!file.outputs().contains(tensor)) {
        graph.message(GraphFile.GRAPH_OUTPUT, new Segments().text(GraphFile.VALUE_NAME, tensor));
      }
    }
  }

  /// Copies a field of the graph, with edited names where it makes an edited tensor.
  private void field(Wire at, int name, boolean placed) {
    var found = edited(at.inner(), name);
    if (found.isEmpty()) {
      return;
    }
    graph.add(file.bytes(), copied, at.start());
    copied = at.to();
    graph.message(at.number(), renamed(at.inner(), name));
    if (!placed) {
      found.forEach(this::insert);
    }
  }

  private List<String> edited(Wire message, int name) {
    var out = new ArrayList<String>();
    while (!edits.isEmpty() && message.next()) {
      if (message.is(name) && edits.containsKey(message.text())) {
        out.add(message.text());
      }
    }
    return out;
  }

  private Segments renamed(Wire message, int name) {
    var out = new Segments();
    while (message.next()) {
      var to = message.is(name) ? before.get(message.text()) : null;
      if (to == null) {
        out.add(file.bytes(), message.start(), message.to());
      } else {
        out.text(name, to);
      }
    }
    return out;
  }

  /// The node that makes the edited tensor.
  private void insert(String tensor) {
    var node = new Segments();
    if (edits.get(tensor) == Change.ADD) {
      node.text(GraphFile.NODE_INPUT, before.getOrDefault(tensor, tensor));
    }
    node.text(GraphFile.NODE_INPUT, given(tensor))
        .text(GraphFile.NODE_OUTPUT, tensor)
        .text(3, given(tensor))
        .text(4, edits.get(tensor) == Change.ADD ? "Add" : "Identity");
    graph.message(GraphFile.GRAPH_NODE, node);
  }

  private String free(String name) {
    int count = 0;
    var out = name;
    while (file.has(out) || file.consumed(out)) {
      out = name + ++count;
    }
    return out;
  }
}
