package dev.sonde.study;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Classes of which some have far more rows than others, or are read far better: there plain
/// accuracy says little of the small ones, and balanced accuracy, the mean recall over classes, has
/// to stand beside it.
///
/// `most` is the share of the commonest class; `worst` the class that is read least.
public record Balance(
    double accuracy, double balanced, int classes, double most, Findings.OfClass worst) {
  /// The commonest class may have this much more than its even share.
  private static final double UNEVEN = 0.1;

  /// Accuracy and balanced accuracy may differ by this much.
  private static final double APART = 0.03;

  /// Beyond this the finding shows less than it seems to.
  private static final double MISLEADING = 0.05;

  /// At a place of the findings; empty for numbers, and where accuracy alone says it.
  public static Optional<Balance> of(Findings.SiteFinding site, Findings.Best best) {
    return best.byClass()
        .flatMap(found -> {
          double rows = found.classes().stream().mapToInt(Findings.OfClass::rows).sum();
          int most = found.classes().stream().mapToInt(Findings.OfClass::rows).max().orElse(0);
          int k = found.classes().size();
          double accuracy = site.accuracy().value();
          double balanced = site.balancedAccuracy();
          var worst =
              found.classes().stream()
                  .min(Comparator.comparingDouble(Findings.OfClass::recall))
                  .orElseThrow();
          boolean uneven = most / rows > 1.0 / k + UNEVEN || Math.abs(accuracy - balanced) > APART;
          return uneven
              ? Optional.of(new Balance(accuracy, balanced, k, most / rows, worst))
              : Optional.empty();
        });
  }

  /// Of several findings the best one's.
  public static Optional<Balance> of(Findings findings) {
    return of(findings.sites().get(findings.best().site()), findings.best());
  }

  /// Whether accuracy seems to show more than is there: some class is read far less than the rest.
  public boolean misleads() {
    return accuracy - balanced > MISLEADING;
  }

  /// `9 of 12 rows of b`.
  public String atWorst() {
    return String.format(
        Locale.ROOT,
        "%d of %d rows of %s",
        Math.round(worst.recall() * worst.rows()),
        worst.rows(),
        worst.name());
  }

  /// What belongs behind an accuracy: `(balanced 0.693: right in 0 of 5 rows of Oceania)`.
  String aside() {
    var number = String.format(Locale.ROOT, "%.3f", balanced);
    return misleads()
        ? " (balanced %s: right in %s)".formatted(number, atWorst())
        : " (balanced %s)".formatted(number);
  }

  Findings.Light light() {
    var found =
        String.format(
            Locale.ROOT,
            "the commonest class has %.0f %% of the rows, so accuracy is mostly its own: balanced accuracy is %.3f (chance %.3f), worst: right in %s",
            100 * most,
            balanced,
            1.0 / classes,
            atWorst());
    return misleads()
        ? new Findings.Light(
            "balance",
            Findings.Colour.AMBER,
            found,
            "Go by the balanced accuracy; more rows of the small classes, or as many of each.")
        : Leaks.green(
            "balance",
            String.format(
                Locale.ROOT,
                "classes are uneven, but balanced accuracy is %.3f beside accuracy %.3f",
                balanced,
                accuracy));
  }
}
