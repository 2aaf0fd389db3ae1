package dev.sonde.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// ONNX files of a few nodes, written field by field.
public final class TinyOnnx {
  private TinyOnnx() {}

  static byte[] model(Segments graph) {
    var opset = new Segments().number(2, 18);
    return new Segments().number(1, 8).message(8, opset).message(7, graph).toBytes();
  }

  /// `y = relu(x + b)`, `z = y + y`, of rows of three.
  public static byte[] sums() {
    return sums(1, -2, 3);
  }

  /// The same with another `b`.
  public static byte[] sums(float... b) {
    return sums(constant("b", b));
  }

  /// The same with `b` in a file beside it.
  public static byte[] sumsOutside(String file) {
    var where = new Segments().text(1, "location").text(2, file);
    return sums(
        new Segments().number(1, 3).number(2, 1).text(8, "b").message(13, where).number(14, 1));
  }

  /// As they lie in such a file.
  public static byte[] floats(float... values) {
    var out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    out.asFloatBuffer().put(values);
    return out.array();
  }

  private static byte[] sums(Segments b) {
    var graph =
        new Segments()
            .message(1, node("Add", "first", "x", "b", "sum"))
            .message(1, node("Relu", "second", "sum", "", "y"))
            .message(1, node("Add", "third", "y", "y", "z"))
            .text(2, "sums")
            .message(5, b)
            .message(11, value("x", true))
            .message(12, value("z", true));
    return model(graph);
  }

  /// `z` is `a` or twice `a`, as `yes` has it: the branches read `a` of the graph around them.
  static byte[] branches() {
    var then = new Segments().message(1, node("Identity", "t", "a", "", "t")).text(2, "then");
    then.message(12, value("t", false));
    var otherwise = new Segments().message(1, node("Add", "e", "a", "a", "e")).text(2, "else");
    otherwise.message(12, value("e", false));
    var node = node("If", "choice", "yes", "", "z");
    node.message(5, attribute("then_branch", then));
    node.message(5, attribute("else_branch", otherwise));
    var graph =
        new Segments()
            .message(1, node("Neg", "minus", "x", "", "a"))
            .message(1, node)
            .text(2, "branches")
            .message(11, value("x", true))
            .message(11, flag("yes"))
            .message(12, value("z", false));
    return model(graph);
  }

  static Segments attribute(String name, Segments graph) {
    return new Segments().text(1, name).message(6, graph).number(20, 5);
  }

  static Segments node(String op, String name, String a, String b, String out) {
    var node = new Segments().text(1, a);
    if (!b.isEmpty()) {
      node.text(1, b);
    }
    return node.text(2, out).text(3, name).text(4, op);
  }

  static Segments value(String name, boolean rows) {
    var shape = new Segments();
    if (rows) {
      shape.message(1, new Segments().text(2, "batch")).message(1, new Segments().number(1, 3));
    }
    var tensor = new Segments().number(1, 1);
    if (rows) {
      tensor.message(2, shape);
    }
    return new Segments().text(1, name).message(2, new Segments().message(1, tensor));
  }

  private static Segments flag(String name) {
    var tensor = new Segments().number(1, 9).message(2, new Segments());
    return new Segments().text(1, name).message(2, new Segments().message(1, tensor));
  }

  static Segments constant(String name, float... values) {
    // field 9 holds bytes as a text does
    var raw = floats(values);
    var bytes = new Segments().add(raw, 0, raw.length);
    return new Segments().number(1, values.length).number(2, 1).text(8, name).message(9, bytes);
  }
}
