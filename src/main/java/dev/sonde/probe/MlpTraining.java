package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// How an [Mlp] comes to its weights.
final class MlpTraining {
  private static final double GAIN = 1e-4;

  private final Classes classes;
  private final Mlp.Settings settings;
  private final SplittableRandom random;
  private final int[] sizes;
  private final int[] train;
  private final int[] held;
  private final double[] mean;
  private final double[] scale;
  private final double[] rows;

  MlpTraining(Samples samples, Classes classes, Mlp.Settings settings, Seed seed) {
    this.classes = classes;
    this.settings = settings;
    random = seed.forPurpose("mlp").generator();
    int d = samples.x().cols();
    int k = classes.names().size();
    sizes =
        settings.second() == 0
            ? new int[] {d, settings.hidden(), k}
            : new int[] {d, settings.hidden(), settings.second(), k};
    var outside = outside(samples);
    held = IntStream.range(0, samples.size()).filter(i -> outside[i]).toArray();
    train = IntStream.range(0, samples.size()).filter(i -> !outside[i]).toArray();
    mean = Small.mean(samples.x(), train);
    scale = scale(samples.x());
    rows = samples.x().toDoubles();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (rows[i] - mean[i % d]) / scale[i % d];
    }
  }

  /// Whole groups, dealt by the seed, at least one in and one out.
  private boolean[] outside(Samples samples) {
    int count = samples.groups().count();
    var order = shuffled(IntStream.range(0, count).toArray());
    int out = Math.clamp(Math.round(settings.heldOut() * count), 1, Math.max(1, count - 1));
    var chosen = new boolean[count];
    for (int g = 0; g < out && count > 1; g++) {
      chosen[order[g]] = true;
    }
    var rows = new boolean[samples.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = chosen[samples.groups().at(i)];
    }
    return rows;
  }

  private int[] shuffled(int[] ids) {
    for (int i = ids.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int held = ids[i];
      ids[i] = ids[j];
      ids[j] = held;
    }
    return ids;
  }

  private double[] scale(Matrix x) {
    var out = new double[x.cols()];
    for (int i : train) {
      for (int j = 0; j < out.length; j++) {
        out[j] += Math.pow(x.at(i, j) - mean[j], 2) / train.length;
      }
    }
    double most = Math.sqrt(Arrays.stream(out).max().orElse(1));
    for (int j = 0; j < out.length; j++) {
      out[j] = Math.max(Math.sqrt(out[j]), Math.max(1e-3 * most, 1e-300));
    }
    return out;
  }

  Mlp run() {
    var weights = start();
    var best = weights.clone();
    double lowest = Double.POSITIVE_INFINITY;
    double rate = settings.rate();
    int idle = 0;
    var adam = new Adam(weights.length);
    for (int epoch = 0; epoch < settings.epochs() && idle < settings.patience(); epoch++) {
      var order = shuffled(train.clone());
      for (int from = 0; from < order.length; from += settings.batch()) {
        var part = Arrays.copyOfRange(order, from, Math.min(order.length, from + settings.batch()));
        adam.step(weights, gradient(weights, part), rate);
      }
      double loss = loss(weights, held.length > 0 ? held : train);
      if (loss < lowest - GAIN) {
        lowest = loss;
        best = weights.clone();
        idle = 0;
      } else {
        idle++;
        rate /= 2;
      }
    }
    return new Mlp(mean, scale, sizes, best);
  }

  /// He's uniform start, biases 0.
  private double[] start() {
    var out = new double[Mlp.count(sizes)];
    int at = 0;
    for (int l = 0; l + 1 < sizes.length; l++) {
      double bound = Math.sqrt(6.0 / sizes[l]);
      for (int i = 0; i < sizes[l] * sizes[l + 1]; i++) {
        out[at++] = random.nextDouble(-bound, bound);
      }
      at += sizes[l + 1];
    }
    return out;
  }

  private Tensor batch(int[] part) {
    int d = sizes[0];
    var out = new double[part.length * d];
    for (int i = 0; i < part.length; i++) {
      System.arraycopy(rows, part[i] * d, out, i * d, d);
    }
    return Tensor.of(out, part.length, d);
  }

  private Tensor truth(int[] part) {
    int k = sizes[sizes.length - 1];
    var out = new double[part.length * k];
    for (int i = 0; i < part.length; i++) {
      out[i * k + classes.at(part[i])] = 1;
    }
    return Tensor.of(out, part.length, k);
  }

  private double loss(double[] weights, int[] part) {
    double sum = 0;
    for (int from = 0; from < part.length; from += 1024) {
      var some = Arrays.copyOfRange(part, from, Math.min(part.length, from + 1024));
      try (var scope = Scope.open()) {
        var layers = Mlp.forward(weights, sizes, batch(some));
        sum -= layers[layers.length - 1].logSoftmax(1).times(truth(some)).sum().item();
      }
    }
    return sum / part.length;
  }

  /// Of the mean cross-entropy of a batch and the decay of the weights, backwards layer by layer.
  private double[] gradient(double[] weights, int[] part) {
    var out = new double[weights.length];
    try (var scope = Scope.open()) {
      var x = batch(part);
      var layers = Mlp.forward(weights, sizes, x);
      var down = layers[layers.length - 1].softmax(1).minus(truth(part)).times(1.0 / part.length);
      int end = weights.length;
      for (int l = layers.length - 1; l >= 0; l--) {
        int in = sizes[l];
        int to = sizes[l + 1];
        int at = end - (in + 1) * to;
        var below = l == 0 ? x : layers[l - 1];
        var w = Tensor.of(Arrays.copyOfRange(weights, at, at + in * to), in, to);
        var slope = below.transpose(0, 1).matmul(down).plus(w.times(settings.decay()));
        System.arraycopy(slope.toDoubles(), 0, out, at, in * to);
        System.arraycopy(down.sum(0).toDoubles(), 0, out, at + in * to, to);
        if (l > 0) {
          var open = below.greaterThan(0).to(below.type());
          down = down.matmul(w.transpose(0, 1)).times(open);
        }
        end = at;
      }
    }
    return out;
  }
}
