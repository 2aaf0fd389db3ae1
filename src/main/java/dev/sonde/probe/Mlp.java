package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/// A network of one or two hidden layers on the row: `softmax(relu(x W_1 + b_1) W_2 + b_2)`.
///
/// What it reads the network that is probed need not represent: report it only beside a linear
/// probe and with selectivity (Hewitt & Liang 2019). Inputs are standardised on the training rows;
/// trained by Adam on `cross-entropy + decay |W|^2 / 2`, the step halved when rows held out inside
/// (whole groups) get no better, ended after `patience` such epochs; the best epoch is kept.
/// Everything is in float64 and follows from the seed; run it on a worker, whose one native thread
/// gives the same bits whatever the number of workers.
public final class Mlp implements Probe {
  private final double[] mean;
  private final double[] scale;
  private final int[] sizes;
  private final double[] weights;

  Mlp(double[] mean, double[] scale, int[] sizes, double[] weights) {
    this.mean = mean;
    this.scale = scale;
    this.sizes = sizes;
    this.weights = weights;
  }

  /// `second` is 0 for one hidden layer. `heldOut` is the share of groups that decides when to
  /// stop.
  public record Settings(
      int hidden,
      int second,
      double rate,
      double decay,
      int batch,
      int epochs,
      int patience,
      double heldOut) {
    public static final Settings DEFAULT = new Settings(64, 0, 3e-3, 1e-3, 128, 200, 8, 0.15);

    public Settings {
      if (hidden < 1 || second < 0 || batch < 1 || epochs < 1 || patience < 1) {
        throw new BadInput("an MLP probe has one hidden unit, row a batch and epoch or more");
      }
      if (!(rate > 0) || !(decay >= 0) || !(heldOut > 0 && heldOut < 0.9)) {
        throw new BadInput(
            "an MLP probe needs a rate above 0, a decay, a share held out in (0, 0.9)");
      }
    }

    public Settings withHidden(int units) {
      return new Settings(units, second, rate, decay, batch, epochs, patience, heldOut);
    }

    public Settings withSecond(int units) {
      return new Settings(hidden, units, rate, decay, batch, epochs, patience, heldOut);
    }
  }

  /// @throws BadInput for fewer than two classes, or a class without rows
  public static Mlp fit(Samples samples, Settings settings, Seed seed) {
    var classes = LdaClasses.classes(samples);
    return new MlpTraining(samples, classes, settings, seed).run();
  }

  /// Logits, `n x K`.
  public double[][] outputs(Matrix x) {
    var out = new double[x.rows()][];
    int k = sizes[sizes.length - 1];
    int block = 1024;
    for (int from = 0; from < x.rows(); from += block) {
      int rows = Math.min(x.rows(), from + block) - from;
      try (var scope = Scope.open()) {
        var last = forward(weights, sizes, Tensor.of(inputs(x, from, rows), rows, x.cols()));
        var values = last[last.length - 1].toDoubles();
        for (int i = 0; i < rows; i++) {
          out[from + i] = Arrays.copyOfRange(values, i * k, (i + 1) * k);
        }
      }
    }
    return out;
  }

  private double[] inputs(Matrix x, int from, int rows) {
    if (x.cols() != mean.length) {
      throw new IllegalArgumentException(
          "the probe reads rows of %d numbers, these have %d".formatted(mean.length, x.cols()));
    }
    var out = new double[rows * x.cols()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < x.cols(); j++) {
        out[i * x.cols() + j] = (x.at(from + i, j) - mean[j]) / scale[j];
      }
    }
    return out;
  }

  /// The activations of every layer, hidden ones after the rectifier, the logits last.
  static Tensor[] forward(double[] weights, int[] sizes, Tensor x) {
    var out = new Tensor[sizes.length - 1];
    int at = 0;
    var now = x;
    for (int l = 0; l < out.length; l++) {
      int in = sizes[l];
      int to = sizes[l + 1];
      var w = Tensor.of(Arrays.copyOfRange(weights, at, at + in * to), in, to);
      var b = Tensor.of(Arrays.copyOfRange(weights, at + in * to, at + in * to + to), to);
      now = now.matmul(w).plus(b);
      now = l < out.length - 1 ? now.atLeast(0) : now;
      out[l] = now;
      at += in * to + to;
    }
    return out;
  }

  /// How many numbers layers of these sizes have.
  static int count(int[] sizes) {
    int sum = 0;
    for (int l = 0; l + 1 < sizes.length; l++) {
      sum += (sizes[l] + 1) * sizes[l + 1];
    }
    return sum;
  }

  /// How many classes it tells apart.
  int classes() {
    return sizes[sizes.length - 1];
  }

  /// For two classes: the log-odds of the second.
  @Override
  public double[] scores(Matrix x) {
    if (sizes[sizes.length - 1] != 2) {
      throw new IllegalStateException(
          "one score a row is for two classes; this probe has " + sizes[sizes.length - 1]);
    }
    return Arrays.stream(outputs(x)).mapToDouble(o -> o[1] - o[0]).toArray();
  }

  @Override
  public String kind() {
    return "mlp";
  }

  @Override
  public Map<String, Matrix> parameters() {
    var out = new TreeMap<String, Matrix>();
    out.put("mean", Matrix.ofDoubles(1, mean.length, mean.clone()));
    out.put("scale", Matrix.ofDoubles(1, scale.length, scale.clone()));
    out.put("weights", Matrix.ofDoubles(1, weights.length, weights.clone()));
    var layers = Arrays.stream(sizes).asDoubleStream().toArray();
    out.put("sizes", Matrix.ofDoubles(1, layers.length, layers));
    return out;
  }

  static Mlp restored(Map<String, Matrix> p) {
    var sizes = Arrays.stream(Kinds.row(p, "sizes")).mapToInt(s -> (int) s).toArray();
    var weights = Kinds.row(p, "weights");
    if (sizes.length < 2 || weights.length != count(sizes)) {
      throw new BadInput(
          "the saved network of layers %s has %d numbers, not %d; is the file whole?"
              .formatted(Arrays.toString(sizes), weights.length, count(sizes)));
    }
    return new Mlp(Kinds.row(p, "mean"), Kinds.row(p, "scale"), sizes, weights);
  }
}
