package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// Rows in which something is hidden, and how well it is found.
final class Planted {
  private Planted() {}

  static Classes classes(int n, IntUnaryOperator of) {
    return Classes.of(List.of("0", "1"), IntStream.range(0, n).map(of).toArray());
  }

  static Classes ids(int n, IntUnaryOperator of) {
    var index = IntStream.range(0, n).map(of).toArray();
    int count = Arrays.stream(index).max().orElse(0) + 1;
    return Classes.of(IntStream.range(0, count).mapToObj(i -> "p" + i).toList(), index);
  }

  static double[] unit(int d, SplittableRandom random) {
    var out = new double[d];
    Arrays.setAll(out, j -> random.nextGaussian());
    return Small.unit(out);
  }

  static Matrix matrix(double[][] rows) {
    return Kinds.matrix(rows);
  }

  static double[] noise(int d, double size, SplittableRandom random) {
    var out = new double[d];
    Arrays.setAll(out, j -> size * random.nextGaussian());
    return out;
  }

  static double cosine(double[] a, double[] b) {
    return Math.abs(Small.dot(Small.unit(a), Small.unit(b)));
  }

  static double accuracy(double[] scores, Samples samples) {
    var y = (Classes) samples.y();
    double right = 0;
    for (int i = 0; i < scores.length; i++) {
      right += (scores[i] > 0) == (y.at(i) == 1) ? 1.0 / scores.length : 0;
    }
    return right;
  }

  static double auroc(double[] scores, boolean[] positive) {
    double wins = 0;
    double pairs = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return wins / pairs;
  }

  static double auroc(double[] scores, Samples samples) {
    return auroc(scores, ProbeFamily.positives((Classes) samples.y()));
  }
}
