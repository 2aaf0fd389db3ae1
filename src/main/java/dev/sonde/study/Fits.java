package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.evidence.LearningCurve;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.ClassTask;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Task;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A family of probes asked for many fits over one basis, whether of two classes or of several.
sealed interface Fits {
  /// Whether scores mean probabilities.
  boolean probabilities();

  /// Labels of all rows, and how often each row counts.
  record Drawn(List<Integer> labels, List<Integer> times) {
    static Drawn of(int[] labels, int[] times) {
      return new Drawn(
          Arrays.stream(labels).boxed().toList(), Arrays.stream(times).boxed().toList());
    }
  }

  /// The direction of every fit, in a space that all of them share; of several classes those of the
  /// classes one after the other, their mean taken out.
  List<double[]> directions(Basis basis, List<Drawn> fits, double c, boolean turned);

  LearningCurve.Learner auroc(Basis basis, Evidence evidence, int[] test, double c);

  static Fits of(Evidence evidence) {
    var name = evidence.settings().probe();
    return evidence.several()
        ? new Several(ClassFamily.named(name), evidence.labels().count())
        : new Two(ProbeFamily.named(name));
  }

  private static int[] array(List<Integer> values) {
    return values.stream().mapToInt(v -> v).toArray();
  }

  /// Two classes.
  record Two(ProbeFamily family) implements Fits {
    @Override
    public boolean probabilities() {
      return family.logOdds();
    }

    /// In the basis where that is a rotation, or else (`turned`) in the space of the raw rows.
    @Override
    public List<double[]> directions(Basis basis, List<Drawn> fits, double c, boolean turned) {
      var tasks =
          fits.stream()
              .map(f -> Task.drawn(Evidence.positive(array(f.labels)), array(f.times), c))
              .toList();
      var solution = family.solve(basis, tasks, false);
      return IntStream.range(0, tasks.size())
          .mapToObj(t ->
              family instanceof Logistic && !turned
                  ? Arrays.copyOf(solution.coordinates(t), basis.rank())
                  : solution.probe(t).direction())
          .toList();
    }

    @Override
    public LearningCurve.Learner auroc(Basis basis, Evidence evidence, int[] test, double c) {
      return LearningCurve.auroc(family, basis, evidence.labels().toArray(), test, c);
    }
  }

  /// More than two.
  record Several(ClassFamily family, int classes) implements Fits {
    @Override
    public boolean probabilities() {
      return family.probabilities();
    }

    @Override
    public List<double[]> directions(Basis basis, List<Drawn> fits, double c, boolean turned) {
      var tasks =
          fits.stream()
              .map(f -> ClassTask.drawn(array(f.labels), classes, array(f.times), c))
              .toList();
      var solution = family.solve(basis, tasks, false, List.of());
      return IntStream.range(0, tasks.size())
          .mapToObj(t ->
              turned
                  ? SiteTable.flat(solution.probe(t))
                  : centred(solution.coordinates(t), basis.rank()))
          .toList();
    }

    /// From `(r + 1) x classes`.
    private double[] centred(double[] theta, int r) {
      var out = new double[r * classes];
      for (int i = 0; i < r; i++) {
        double mean = Arrays.stream(theta, i * classes, (i + 1) * classes).sum() / classes;
        for (int k = 0; k < classes; k++) {
          out[k * r + i] = theta[i * classes + k] - mean;
        }
      }
      return out;
    }

    @Override
    public LearningCurve.Learner auroc(Basis basis, Evidence evidence, int[] test, double c) {
      return LearningCurve.auroc(family, basis, (Classes) evidence.corpus().target(), test, c);
    }
  }
}
