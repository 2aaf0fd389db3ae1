package dev.sonde.cli;

import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.study.Check;
import dev.sonde.study.Findings;
import dev.sonde.study.StudySettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that `demo` and `probe` share.
final class StudyOptions {
  private static final String UNTRAINED = "untrained";
  private static final String BASELINES = "baselines";

  @Option(
      names = "--position",
      split = ",",
      paramLabel = "POSITION",
      description =
          "where in a text: last, mean, first, cls, final, span:FROM-TO (default: last,mean)")
  List<String> positions = StudySettings.DEFAULT.positions();

  @Option(
      names = "--points",
      split = ",",
      paramLabel = "POINT",
      description =
          "where in the network: resid_post (all layers), attn_out, mlp_out, z, resid_post.7 ... (default: resid_post)")
  List<String> points = StudySettings.DEFAULT.points();

  @Option(
      names = "--probe",
      defaultValue = "logistic",
      description =
          "for two classes logistic, ridge-classifier, svm, svm-squared, mass-mean, mass-mean-whitened, lda, sparse-1, pc1, random ... (a wrong name lists all), ridge for numbers (default: ${DEFAULT-VALUE}); several, as in logistic,mass-mean,lda,mlp: the first is asked, the others are compared with it on the same sites and folds (mlp at the best site)")
  String probe = "logistic";

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of everything random (default: ${DEFAULT-VALUE})")
  long seed = 1;

  @Option(
      names = "--folds",
      defaultValue = "5",
      description = "held-out parts (default: ${DEFAULT-VALUE})")
  int folds = 5;

  @Option(
      names = "--permutations",
      defaultValue = "1000",
      description = "label permutations for the null, in closed form (default: ${DEFAULT-VALUE})")
  int permutations = 1000;

  @Option(
      names = "--check-permutations",
      defaultValue = "5",
      description = "how many of them the exact solver repeats (default: ${DEFAULT-VALUE})")
  int checked = 5;

  @Option(
      names = "--bootstrap",
      defaultValue = "2000",
      description = "draws behind the intervals (default: ${DEFAULT-VALUE})")
  int draws = 2000;

  @Option(
      names = "--scaling",
      defaultValue = "common",
      description =
          "none, common or features: what the penalty is measured in (default: ${DEFAULT-VALUE})")
  String scaling = "common";

  @Option(
      names = "--no-untrained",
      description = "leave out the untrained twin (the report says so)")
  boolean noUntrained;

  @Option(
      names = "--no-baselines",
      description = "leave out length, words, token embeddings (the report says so)")
  boolean noBaselines;

  @Option(
      names = "--without",
      split = ",",
      paramLabel = "CHECK",
      description =
          "leave out mdl, information, curve, stability, norms, intervals, calibration, ngrams, leakage, untrained, baselines (the report says so)")
  List<String> without = List.of();

  @Option(
      names = "--sentence-baseline",
      paramLabel = "MODEL",
      description =
          "one more baseline: what a sentence encoder such as all-MiniLM-L6-v2 makes of the texts (mean of its last layer over all tokens, unit length)")
  String sentences = "";

  @Option(names = "--truncate", description = "cut texts that are longer than the network takes")
  boolean truncate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "worker threads (default: all processors); the numbers do not depend on it")
  int threads;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where report.html, results.json and the probe go (default: runs/DATE-ID)")
  Path out = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file with any of these options as keys; the command line goes first")
  @SuppressWarnings("UnusedVariable") // ConfigFile reads it before the rest is parsed
  private Path config = Path.of("");

  @Option(
      names = "--json",
      description = "print results.json to standard output instead of the table")
  boolean json;

  @Mixin NumericsOptions numerics = new NumericsOptions();

  private Again again = Again.NONE;

  /// What the run can be asked for again by; set before it begins.
  void beginning(Again asked) {
    again = again.resumed().isPresent() ? again : asked;
  }

  /// Goes on with an interrupted run, in the folder that it was given or beside where it was.
  void resuming(Unfinished run) {
    again = new Again(run.arguments(), run.named(), Optional.of(run));
    if (run.named()) {
      out = run.keep();
    }
  }

  /// The folder in which finished sites are kept until all are.
  Path keep() {
    return again
        .resumed()
        .map(Unfinished::keep)
        .orElse(out.toString().isEmpty() ? Path.of("runs") : out);
  }

  /// Where the results go.
  Path folder(Findings.Origin origin) {
    var name = origin.created().substring(0, 10) + "-" + origin.identity().brief();
    return out.toString().isEmpty() ? keep().resolve(name) : out;
  }

  /// The note of a run of this origin.
  ///
  /// @throws BadInput if it was to go on with a run of another
  Unfinished note(Findings.Origin origin) {
    again.resumed().ifPresent(run -> run.mustBe(origin));
    return again.resumed().orElseGet(() -> Unfinished.of(keep(), origin, again));
  }

  StudySettings settings() {
    return StudySettings.DEFAULT
        .withSeed(seed)
        .withProbe(probe)
        .withSites(points, positions)
        .withEffort(folds, permutations, checked, draws)
        .withScaling(scalingNamed(scaling))
        .with(
            !noUntrained && !without.contains(UNTRAINED),
            !noBaselines && !without.contains(BASELINES),
            truncate)
        .without(
            Check.parse(
                without.stream()
                    .filter(w -> !w.equals(UNTRAINED) && !w.equals(BASELINES))
                    .toList()));
  }

  int workers() {
    if (threads < 0) {
      throw new BadInput("--threads takes a number of at least 1, not " + threads);
    }
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  private static Basis.Scaling scalingNamed(String name) {
    return Arrays.stream(Basis.Scaling.values())
        .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput("--scaling takes none, common or features, not '%s'".formatted(name)));
  }
}
