package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Directions from the differences within pairs, without using which row of a pair is which class;
/// labels of training pairs give the sign alone, and the fit says how often they agreed with it.
///
/// Principal components take the mean out first. Where differences all point the same way that mean
/// *is* the concept, and the component is noise; so pairs are turned round at random ([Kind#LAT]),
/// or the mean stays in ([Kind#UNCENTRED]). [Kind#CENTRED] is for pairs whose order has nothing to
/// do with the label.
///
/// The score of a row is `(x - mean of the training rows) . v`, |v| = 1.
public final class Contrast {
  private Contrast() {}

  public enum Kind {
    /// Pairs turned round at random, mean taken out, first component (Zou et al. 2023, "linear
    /// artificial tomography").
    LAT,
    /// The first eigenvector of `E[D D^T]`.
    UNCENTRED,
    /// The first component of the differences of `+` and `-` rows, each less their own mean:
    /// CRC-TPC of Burns et al. 2022.
    CENTRED
  }

  /// `agreement` is the share of training pairs in which the row of the positive class scores
  /// higher, after the sign was chosen: at least 1/2, and near it for a direction that has nothing
  /// to do with the label. `ordered` is how far the order of the pairs gives the label away (1
  /// always, 0 never): near 1 [Kind#CENTRED] loses the concept.
  public record Fit(Linear probe, Kind kind, double agreement, double ordered) {
    /// What a reader must know before using the direction; empty if nothing.
    public String warning() {
      return kind == Kind.CENTRED && ordered > 0.5
          ? "the order of the pairs gives the label away, so centring their differences takes the"
              + " concept out; turn pairs round at random (LAT) or leave the mean in"
          : "";
    }
  }

  public static Fit fit(Samples samples, Kind kind, Seed seed) {
    var pairs = Pairs.of(samples);
    var turned = new boolean[pairs.count()];
    if (kind == Kind.LAT) {
      var random = seed.forPurpose("pairs turned round").generator();
      for (int i = 0; i < turned.length; i++) {
        turned[i] = random.nextBoolean();
      }
    }
    var differences = pairs.differences(turned);
    var direction = first(kind == Kind.UNCENTRED ? mirrored(differences) : differences);
    return signed(samples, pairs, direction, kind);
  }

  /// The first principal component of rows, of length 1; its sign is that of its largest entry.
  static double[] first(Matrix x) {
    var v = Subspace.components(x, 1).axis(0);
    int largest = 0;
    for (int j = 0; j < v.length; j++) {
      largest = Math.abs(v[j]) > Math.abs(v[largest]) ? j : largest;
    }
    return Small.scaled(v, Math.signum(v[largest]));
  }

  /// The rows and their negatives, so that their mean is 0 and nothing is taken out.
  private static Matrix mirrored(Matrix x) {
    var values = x.toDoubles();
    var out = Arrays.copyOf(values, 2 * values.length);
    for (int i = 0; i < values.length; i++) {
      out[values.length + i] = -values[i];
    }
    return Matrix.ofDoubles(2 * x.rows(), x.cols(), out);
  }

  private static Fit signed(Samples samples, Pairs pairs, double[] direction, Kind kind) {
    var positive = pairs.plusIsPositive();
    var differences = pairs.differences(new boolean[positive.length]);
    var along = Linear.of(direction, 0).scores(differences);
    double agree = 0;
    double order = 0;
    for (int i = 0; i < along.length; i++) {
      agree += (along[i] > 0) == positive[i] ? 1.0 / along.length : 0;
      order += positive[i] ? 1.0 / along.length : 0;
    }
    var signed = Small.scaled(direction, agree < 0.5 ? -1 : 1);
    var mean = Small.mean(samples.x(), IntStream.range(0, samples.size()).toArray());
    return new Fit(
        Linear.of(signed, -Small.dot(signed, mean)),
        kind,
        Math.max(agree, 1 - agree),
        Math.abs(2 * order - 1));
  }

  /// A direction that knows nothing: what any of the others has to beat.
  public static Linear random(int width, Seed seed) {
    var random = seed.forPurpose("random direction").generator();
    var out = new double[width];
    for (int j = 0; j < width; j++) {
      out[j] = random.nextGaussian();
    }
    return Linear.of(Small.unit(out), 0);
  }

  /// The first principal component of the rows themselves: what stands out whatever the labels.
  public static Linear firstComponent(Samples samples) {
    var v = first(samples.x());
    var mean = Small.mean(samples.x(), IntStream.range(0, samples.size()).toArray());
    return Linear.of(v, -Small.dot(v, mean));
  }

  /// The difference of the means of the classes, of length 1.
  public static Linear means(Samples samples) {
    var y = (Classes) samples.y();
    var ones = IntStream.range(0, samples.size()).filter(i -> y.at(i) == 1).toArray();
    var zeros = IntStream.range(0, samples.size()).filter(i -> y.at(i) == 0).toArray();
    var w = Small.plus(Small.mean(samples.x(), ones), -1, Small.mean(samples.x(), zeros));
    return Linear.of(Small.unit(w), 0);
  }
}
