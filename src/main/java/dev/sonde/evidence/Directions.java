package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Permutations;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Whether two directions are the same one: over seeds, resamples, halves, layers, data sets.
///
/// The Euclidean cosine asks about weights, the Σ-cosine about what they read: it is the
/// correlation of the two scores over rows of covariance Σ. Directions of different layers share
/// coordinates only along one residual stream, and those of different models never do.
public final class Directions {
  private Directions() {}

  /// What the null of a cosine is drawn from.
  public enum Match {
    /// N(0, Σ): directions along which rows vary, as differences of means are.
    COVARIANCE,
    /// N(0, Σ⁻¹), within the span of the rows: whitened directions, as LDA's and regressions' are.
    PRECISION
  }

  /// Cosines in pairs: their mean, the least, and (of absolute values) the mean.
  public record Stability(double mean, double least, double meanAbsolute) {}

  /// 0 where one of them points nowhere.
  public static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
  }

  /// `aᵀΣb / sqrt(aᵀΣa bᵀΣb)` with `covariance` d x d, row-major.
  public static double sigmaCosine(double[] a, double[] b, double[] covariance) {
    var sa = times(covariance, a);
    var sb = times(covariance, b);
    return dot(a, sb) / Math.sqrt(dot(a, sa) * dot(b, sb));
  }

  /// The covariance of rows, d x d, row-major.
  public static double[] covariance(Matrix x) {
    try (var scope = Scope.open()) {
      var raw = tensorOf(x);
      var centred = raw.minus(raw.mean(0));
      return centred.transpose(0, 1).matmul(centred).times(1.0 / x.rows()).toDoubles();
    }
  }

  static Tensor tensorOf(Matrix x) {
    var type = x.wide() ? DType.FLOAT64 : DType.FLOAT32;
    return Tensor.copyOf(x.segment(), type, x.rows(), x.cols()).to(DType.FLOAT64);
  }

  /// The mean absolute cosine of two random directions in d dimensions, `sqrt(2 / (pi d))`.
  public static double randomCosine(int d) {
    return Math.sqrt(2 / (Math.PI * d));
  }

  /// What 95 of 100 absolute cosines of random directions stay below, `1.96 / sqrt(d)`.
  public static double randomCosine95(int d) {
    return 1.959963984540054 / Math.sqrt(d);
  }

  /// Absolute cosines of pairs of random directions that have the rows' own shape, ascending: the
  /// null for anisotropic activations, where the uniform one is far too small.
  public static double[] matchedCosines(Matrix x, Match match, int pairs, Seed seed) {
    return matchedCosines(Basis.of(x, Basis.Scaling.NONE), match, pairs, seed);
  }

  /// The same in a basis that is there already (of any scaling but by features, which turns
  /// directions).
  public static double[] matchedCosines(Basis basis, Match match, int pairs, Seed seed) {
    return matchedCosines(basis, match, 1, pairs, seed);
  }

  /// The same of probes with several free directions each, one after the other (K - 1 for K classes
  /// whose mean is taken out).
  public static double[] matchedCosines(Basis basis, Match match, int free, int pairs, Seed seed) {
    int r = basis.rank();
    try (var scope = Scope.open()) {
      var lambda = basis.lambda().toDoubles();
      var random = seed.forPurpose("matched directions").generator();
      var theta = new double[Math.multiplyExact(r * free, 2 * pairs)];
      for (int i = 0; i < r * free; i++) {
        double root = Math.sqrt(lambda[i % r]);
        double spread = match == Match.COVARIANCE ? root : 1 / root;
        for (int j = 0; j < 2 * pairs; j++) {
          theta[i * 2 * pairs + j] = spread * random.nextGaussian();
        }
      }
      // a rotation leaves cosines alone: they can be taken in the basis
      var out = new double[pairs];
      for (int p = 0; p < pairs; p++) {
        var a = new double[r * free];
        var b = new double[r * free];
        for (int i = 0; i < a.length; i++) {
          a[i] = theta[i * 2 * pairs + 2 * p];
          b[i] = theta[i * 2 * pairs + 2 * p + 1];
        }
        out[p] = Math.abs(cosine(a, b));
      }
      Arrays.sort(out);
      return out;
    }
  }

  /// Absolute cosines of a direction with those fitted to dealt labels, ascending: what the rows'
  /// shape and the way of fitting give without the labels. `fit` gives a direction from labels.
  public static double[] dealtCosines(
      double[] direction, Permutations dealt, Function<boolean[], double[]> fit) {
    return IntStream.rangeClosed(1, dealt.count())
        .mapToDouble(b -> Math.abs(cosine(direction, fit.apply(dealt.labels(b)))))
        .sorted()
        .toArray();
  }

  /// Cosines of every pair, `[i][j]`.
  public static double[][] cosines(List<double[]> directions) {
    return table(directions, Directions::cosine);
  }

  /// Σ-cosines of every pair.
  public static double[][] sigmaCosines(List<double[]> directions, double[] covariance) {
    return table(directions, (a, b) -> sigmaCosine(a, b, covariance));
  }

  /// The same from the rows themselves: the correlations of the scores that the directions give
  /// them. For few rows far cheaper than their covariance. A direction longer than a row is
  /// several, one after the other.
  public static double[][] sigmaCosines(List<double[]> directions, Matrix x) {
    return table(directions.stream().map(w -> read(w, x)).toList(), Directions::cosine);
  }

  private static double[] read(double[] directions, Matrix x) {
    int d = x.cols();
    return IntStream.range(0, directions.length / d)
        .mapToObj(k -> Linear.of(Arrays.copyOfRange(directions, k * d, (k + 1) * d), 0))
        .flatMapToDouble(one -> Arrays.stream(centred(one.scores(x))))
        .toArray();
  }

  private static double[] centred(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }

  private static double[][] table(
      List<double[]> directions,
      java.util.function.ToDoubleBiFunction<double[], double[]> measure) {
    int m = directions.size();
    var out = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        out[i][j] = i == j ? 1 : measure.applyAsDouble(directions.get(i), directions.get(j));
      }
    }
    return out;
  }

  /// How alike the directions of several seeds, resamples or layers are, from their table of
  /// cosines.
  public static Stability stability(double[][] cosines) {
    double sum = 0;
    double absolute = 0;
    double least = Double.POSITIVE_INFINITY;
    int pairs = 0;
    for (int i = 0; i < cosines.length; i++) {
      for (int j = 0; j < i; j++) {
        sum += cosines[i][j];
        absolute += Math.abs(cosines[i][j]);
        least = Math.min(least, cosines[i][j]);
        pairs++;
      }
    }
    return new Stability(sum / pairs, least, absolute / pairs);
  }

  /// Cosines of directions fitted to the two halves of the rows, whole groups to either side, for
  /// `splits` ways to halve. `fit` gives a direction from rows.
  public static double[] splitHalves(
      Groups groups, int splits, Function<int[], double[]> fit, Seed seed) {
    return halves(groups, splits, seed).stream()
        .mapToDouble(h -> cosine(fit.apply(h.getFirst()), fit.apply(h.getLast())))
        .toArray();
  }

  /// The rows of both halves for each way to halve, whole groups to either side: for a solver that
  /// takes all of them together.
  public static List<List<int[]>> halves(Groups groups, int splits, Seed seed) {
    return IntStream.range(0, splits)
        .mapToObj(s -> {
          var first = new boolean[groups.count()];
          var order = IntStream.range(0, first.length).toArray();
          var random = seed.forPurpose("halves", s).generator();
          for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[j];
            order[j] = kept;
          }
          for (int i = 0; i < order.length / 2; i++) {
            first[order[i]] = true;
          }
          return List.of(rows(groups, first, true), rows(groups, first, false));
        })
        .toList();
  }

  /// Directions fitted to groups drawn with replacement (rows repeated as often as drawn).
  public static List<double[]> bootstraps(
      Groups groups, int draws, Function<int[], double[]> fit, Seed seed) {
    return draws(groups, draws, seed).stream()
        .map(times ->
            fit.apply(
                IntStream.range(0, times.length)
                    .flatMap(i -> IntStream.range(0, times[i]).map(t -> i))
                    .toArray()))
        .toList();
  }

  /// How often each row is drawn in each of these draws.
  public static List<int[]> draws(Groups groups, int draws, Seed seed) {
    return IntStream.range(0, draws)
        .mapToObj(b -> {
          var random = seed.forPurpose("bootstrap direction", b).generator();
          var times = new int[groups.count()];
          for (int g = 0; g < times.length; g++) {
            times[random.nextInt(times.length)]++;
          }
          return IntStream.range(0, groups.size()).map(i -> times[groups.at(i)]).toArray();
        })
        .toList();
  }

  private static int[] rows(Groups groups, boolean[] first, boolean which) {
    return IntStream.range(0, groups.size()).filter(i -> first[groups.at(i)] == which).toArray();
  }

  private static double[] times(double[] square, double[] v) {
    var out = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      double sum = 0;
      for (int j = 0; j < v.length; j++) {
        sum += square[i * v.length + j] * v[j];
      }
      out[i] = sum;
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
