package dev.sonde.probe;

import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.List;

/// A kind of linear probe for any number of classes: a score a class, the largest wins.
///
/// What [ProbeFamily] is for two classes; a family of both kinds has one name.
public interface ClassFamily {
  String name();

  /// The regularisations worth trying, in units of [Basis.Scaling#COMMON], strongest penalty first.
  List<Double> grid();

  /// Whether the softmax of a row's scores means probabilities.
  boolean probabilities();

  /// The ridge penalty of the closed form that stands in for the probe under dealt labels.
  default double alpha(double c, int classes) {
    return RidgeClassifier.alpha(c);
  }

  /// The probe of every task. `exact` false allows what is enough to choose a regularisation by.
  /// `near` is empty or has for each task [ClassSolution#coordinates] to begin at.
  ClassSolution solve(Basis basis, List<ClassTask> tasks, boolean exact, List<double[]> near);

  /// Every family, by name.
  static List<ClassFamily> all() {
    return List.of(
        new Multinomial(),
        new OneAgainstRest(new RidgeClassifier()),
        new OneAgainstRest(new Svm()),
        new NearestMean(),
        new LdaFamily(Shrinkage.OAS),
        new LdaFamily(Shrinkage.LEDOIT_WOLF),
        new LdaFamily(Shrinkage.RMT),
        new LdaFamily(Shrinkage.NONE));
  }

  /// @throws BadInput for a name that is none, or of a probe that tells two classes only
  static ClassFamily named(String name) {
    return all().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "'%s' is no probe for more than two classes; those are %s"
                    .formatted(
                        name, String.join(", ", all().stream().map(ClassFamily::name).toList()))));
  }
}
