package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.provenance.Seed;
import java.util.List;
import java.util.stream.IntStream;

/// Texts of Gaussian tokens, in positive ones a token that is marked along the first axis.
record Planted(Sequences x, Classes y) {
  static final int WIDTH = 16;

  /// The marked token of a positive text is moved by `shift`; with `last` it is the last or the one
  /// before, else any.
  static Planted of(int texts, int tokens, double shift, boolean last, Seed seed) {
    var random = seed.generator();
    var values = new double[texts * tokens * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    var labels = new int[texts];
    for (int i = 0; i < texts; i++) {
      labels[i] = i % 2;
      int token = last ? tokens - 1 - random.nextInt(2) : random.nextInt(tokens);
      values[(i * tokens + token) * WIDTH] += labels[i] * shift;
    }
    var rows = Matrix.ofDoubles(texts * tokens, WIDTH, values);
    var lengths = IntStream.generate(() -> tokens).limit(texts).toArray();
    return new Planted(Sequences.of(rows, lengths), Classes.of(List.of("no", "yes"), labels));
  }

  double auroc(double[] scores) {
    var positive = new boolean[y.size()];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = y.at(i) == 1;
    }
    return dev.sonde.eval.Scores.auroc(scores, positive);
  }
}
