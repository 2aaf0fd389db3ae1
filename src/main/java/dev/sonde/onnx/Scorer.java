package dev.sonde.onnx;

import dev.sonde.data.Matrix;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// A fitted probe as an ONNX model, so that anything that runs ONNX can score with it.
///
/// Input `x` `[batch, d]` in float32 (for pairs also `second`); output `score` `[batch, k]` in
/// float64, computed in float64: log-odds or a score for two classes (above 0: the second one), one
/// column an output for several; for `ccs` the probability that the first of a pair is the true
/// one. Opset 13. The kinds and their arrays are those that saved probes have.
public final class Scorer {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 11;
  private static final int OPSET = 13;

  private final Map<String, Matrix> parameters;
  private final Segments graph = new Segments();
  private final Segments constants = new Segments();
  private final Segments inputs = new Segments();
  private int names;

  private Scorer(Map<String, Matrix> parameters) {
    this.parameters = parameters;
  }

  /// The file's bytes. `about` goes into its metadata: classes, site, digests.
  ///
  /// @throws BadInput for a kind that has no graph
  public static byte[] of(String kind, Map<String, Matrix> parameters, Map<String, String> about) {
    return new Scorer(parameters).model(kind, about);
  }

  /// Writes the file, whole or not at all.
  public static void write(
      Path file, String kind, Map<String, Matrix> parameters, Map<String, String> about) {
    var bytes = ByteBuffer.wrap(of(kind, parameters, about));
    AtomicFile.write(
        file,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  private byte[] model(String kind, Map<String, String> about) {
    int width =
        switch (kind) {
          case "linear", "linear-map" -> linear();
          case "quadratic" -> quadratic();
          case "mlp" -> mlp();
          case "bilinear" -> bilinear();
          case "ccs" -> ccs();
          default -> throw new BadInput("a probe of kind '" + kind + "' has no ONNX graph");
        };
    var all = new Segments();
    append(all, graph);
    all.text(2, "sonde probe");
    append(all, constants);
    append(all, inputs);
    all.message(12, value("score", DOUBLE, width));
    var model =
        new Segments()
            .number(1, 8)
            .text(2, "sonde")
            .message(7, all)
            .message(8, new Segments().number(2, OPSET));
    new TreeMap<>(about)
        .forEach((key, text) -> model.message(14, new Segments().text(1, key).text(2, text)));
    return model.toBytes();
  }

  private static void append(Segments to, Segments from) {
    var bytes = from.toBytes();
    to.add(bytes, 0, bytes.length);
  }

  private int linear() {
    var w = parameter("direction");
    var product = node("MatMul", rows("x", w.cols()), constant(transposed(w)));
    last("Add", product, constant(parameter("bias")));
    return w.rows();
  }

  private int quadratic() {
    var axes = parameter("axes");
    var centred = node("Sub", rows("x", axes.cols()), constant(parameter("mean")));
    var u = node("MatMul", centred, constant(transposed(axes)));
    var products = node("Mul", u, node("MatMul", u, constant(parameter("products"))));
    var square = node("MatMul", products, constant(ones(axes.rows())));
    var line = node("MatMul", u, constant(transposed(parameter("direction"))));
    last("Add", node("Add", square, line), constant(parameter("bias")));
    return 1;
  }

  /// Of two classes the difference of both outputs, taken in the last layer's weights.
  private int mlp() {
    var sizes = Arrays.stream(parameter("sizes").toDoubles()).mapToInt(s -> (int) s).toArray();
    var weights = parameter("weights").toDoubles();
    var now = node("Sub", rows("x", sizes[0]), constant(parameter("mean")));
    now = node("Div", now, constant(parameter("scale")));
    int at = 0;
    int outputs = sizes[sizes.length - 1];
    for (int l = 0; l + 1 < sizes.length; l++) {
      int in = sizes[l];
      int to = sizes[l + 1];
      var w = Matrix.ofDoubles(in, to, Arrays.copyOfRange(weights, at, at + in * to));
      var b = Matrix.ofDoubles(1, to, Arrays.copyOfRange(weights, at + in * to, at + in * to + to));
      at += in * to + to;
      if (l + 2 < sizes.length) {
        now = node("Relu", node("Add", node("MatMul", now, constant(w)), constant(b)));
      } else {
        boolean two = outputs == 2;
        var product = node("MatMul", now, constant(two ? difference(w) : w));
        last("Add", product, constant(two ? difference(b) : b));
      }
    }
    return outputs == 2 ? 1 : outputs;
  }

  private static Matrix difference(Matrix w) {
    var out = new double[w.rows()];
    Arrays.setAll(out, i -> w.at(i, 1) - w.at(i, 0));
    return Matrix.ofDoubles(w.rows(), 1, out);
  }

  private int bilinear() {
    var left = parameter("left");
    var right = parameter("right");
    var h = node("Sub", rows("x", left.cols()), constant(parameter("left_mean")));
    var g = node("Sub", rows("second", right.cols()), constant(parameter("right_mean")));
    var u = node("MatMul", h, constant(transposed(left)));
    var v = node("MatMul", g, constant(transposed(right)));
    var sum = node("MatMul", node("Mul", u, v), constant(ones(left.rows())));
    last("Add", sum, constant(parameter("bias")));
    return 1;
  }

  /// `(sigma(z+) + 1 - sigma(z-)) / 2`, and `1 - sigma(z) = sigma(-z)`.
  private int ccs() {
    int d = parameter("direction").cols();
    var plus = node("Sigmoid", along("x", d, "plus_mean"));
    var minus = node("Sigmoid", node("Neg", along("second", d, "minus_mean")));
    var half = constant(Matrix.ofDoubles(1, 1, new double[] {0.5}));
    last("Mul", node("Add", plus, minus), half);
    return 1;
  }

  private String along(String input, int d, String mean) {
    var centred = node("Sub", rows(input, d), constant(parameter(mean)));
    var product = node("MatMul", centred, constant(transposed(parameter("direction"))));
    return node("Add", product, constant(parameter("bias")));
  }

  private Matrix parameter(String name) {
    var found = parameters.get(name);
    if (found == null) {
      throw new BadInput("the saved probe lacks the tensor " + name);
    }
    return found;
  }

  private static Matrix ones(int rows) {
    var out = new double[rows];
    Arrays.fill(out, 1);
    return Matrix.ofDoubles(rows, 1, out);
  }

  private static Matrix transposed(Matrix m) {
    var out = new double[m.rows() * m.cols()];
    for (int i = 0; i < m.rows(); i++) {
      for (int j = 0; j < m.cols(); j++) {
        out[j * m.rows() + i] = m.at(i, j);
      }
    }
    return Matrix.ofDoubles(m.cols(), m.rows(), out);
  }

  /// An input of float32 rows, as float64.
  private String rows(String name, int width) {
    inputs.message(11, value(name, FLOAT, width));
    var to = new Segments().text(1, "to").number(3, DOUBLE).number(20, 2);
    var out = name + "_float64";
    graph.message(
        1, new Segments().text(1, name).text(2, out).text(3, out).text(4, "Cast").message(5, to));
    return out;
  }

  private String node(String op, String... from) {
    var out = "t" + names++;
    add(op, out, from);
    return out;
  }

  private void last(String op, String... from) {
    add(op, "score", from);
  }

  private void add(String op, String out, String... from) {
    var node = new Segments();
    for (var name : from) {
      node.text(1, name);
    }
    graph.message(1, node.text(2, out).text(3, out).text(4, op));
  }

  private String constant(Matrix m) {
    var raw = ByteBuffer.allocate(8 * m.rows() * m.cols()).order(ByteOrder.LITTLE_ENDIAN);
    for (double v : m.toDoubles()) {
      raw.putDouble(v);
    }
    var name = "c" + names++;
    var bytes = new Segments().add(raw.array(), 0, raw.capacity());
    constants.message(
        5,
        new Segments()
            .number(1, m.rows())
            .number(1, m.cols())
            .number(2, DOUBLE)
            .text(8, name)
            .message(9, bytes));
    return name;
  }

  private static Segments value(String name, int type, int width) {
    var shape =
        new Segments()
            .message(1, new Segments().text(2, "batch"))
            .message(1, new Segments().number(1, width));
    var tensor = new Segments().number(1, type).message(2, shape);
    return new Segments().text(1, name).message(2, new Segments().message(1, tensor));
  }
}
