package dev.sonde.study;

import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// How a study is done. `points` are point names, or names of places for all layers (`resid_post`
/// takes the embeddings along as layer 0); `permutations` are the closed-form ones, of which
/// `checked` are solved exactly beside; `draws` are those of the bootstrap; `without` is evidence
/// left out; `beside` are probes compared with `probe`.
public record StudySettings(
    long seed,
    String probe,
    List<String> positions,
    List<String> points,
    int folds,
    int permutations,
    int checked,
    int draws,
    Basis.Scaling scaling,
    boolean untrained,
    boolean baselines,
    boolean truncate,
    Set<Check> without,
    List<String> beside) {
  public static final StudySettings DEFAULT =
      new StudySettings(
          1,
          "logistic",
          List.of("last", "mean"),
          List.of("resid_post"),
          5,
          1000,
          5,
          2000,
          Basis.Scaling.COMMON,
          true,
          true,
          false,
          Set.of(),
          List.of());

  public StudySettings {
    positions = List.copyOf(positions);
    points = List.copyOf(points);
    without = without.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(without));
    beside = List.copyOf(beside);
    atLeast("folds", folds, 3);
    atLeast("permutations", permutations, 19);
    atLeast("checked permutations", checked, 0);
    atLeast("bootstrap draws", draws, 100);
  }

  private static void atLeast(String what, int found, int least) {
    if (found < least) {
      throw new BadInput("at least %d %s are needed, not %d".formatted(least, what, found));
    }
  }

  public StudySettings withSeed(long value) {
    return new StudySettings(
        value,
        probe,
        positions,
        points,
        folds,
        permutations,
        checked,
        draws,
        scaling,
        untrained,
        baselines,
        truncate,
        without,
        beside);
  }

  /// One probe, or several with commas between: the first is the one that the verdict is about, the
  /// others are solved at the same sites and compared with it.
  public StudySettings withProbe(String value) {
    var names = Arrays.stream(value.split(",")).map(String::strip).toList();
    if (names.stream().anyMatch(String::isEmpty)
        || names.size() != names.stream().distinct().count()) {
      throw new BadInput("several probes are written a,b,c, each once, not '%s'".formatted(value));
    }
    return new StudySettings(
        seed,
        names.getFirst(),
        positions,
        points,
        folds,
        permutations,
        checked,
        draws,
        scaling,
        untrained,
        baselines,
        truncate,
        without,
        names.subList(1, names.size()));
  }

  /// Evidence that is left out: the report says so.
  public StudySettings without(Set<Check> value) {
    return new StudySettings(
        seed,
        probe,
        positions,
        points,
        folds,
        permutations,
        checked,
        draws,
        scaling,
        untrained,
        baselines,
        truncate,
        value,
        beside);
  }

  /// Whether a kind of evidence is wanted.
  public boolean asks(Check check) {
    return !without.contains(check);
  }

  public StudySettings withSites(List<String> newPoints, List<String> newPositions) {
    return new StudySettings(
        seed,
        probe,
        newPositions,
        newPoints,
        folds,
        permutations,
        checked,
        draws,
        scaling,
        untrained,
        baselines,
        truncate,
        without,
        beside);
  }

  public StudySettings withEffort(int newFolds, int newPermutations, int newChecked, int newDraws) {
    return new StudySettings(
        seed,
        probe,
        positions,
        points,
        newFolds,
        newPermutations,
        newChecked,
        newDraws,
        scaling,
        untrained,
        baselines,
        truncate,
        without,
        beside);
  }

  public StudySettings withScaling(Basis.Scaling value) {
    return new StudySettings(
        seed,
        probe,
        positions,
        points,
        folds,
        permutations,
        checked,
        draws,
        value,
        untrained,
        baselines,
        truncate,
        without,
        beside);
  }

  /// What may be left out: the report says so.
  public StudySettings with(boolean theUntrained, boolean theBaselines, boolean truncated) {
    return new StudySettings(
        seed,
        probe,
        positions,
        points,
        folds,
        permutations,
        checked,
        draws,
        scaling,
        theUntrained,
        theBaselines,
        truncated,
        without,
        beside);
  }

  /// Every setting by name.
  public Map<String, String> described() {
    var out = new LinkedHashMap<String, String>();
    out.put("seed", Long.toString(seed));
    out.put("probe", probe);
    out.put("positions", String.join(",", positions));
    out.put("points", String.join(",", points));
    out.put("folds", Integer.toString(folds));
    out.put("permutations", Integer.toString(permutations));
    out.put("checked", Integer.toString(checked));
    out.put("draws", Integer.toString(draws));
    out.put("scaling", scaling.name().toLowerCase(Locale.ROOT));
    out.put("untrained", Boolean.toString(untrained));
    out.put("baselines", Boolean.toString(baselines));
    out.put("truncate", Boolean.toString(truncate));
    out.put("without", String.join(",", without.stream().map(Check::brief).toList()));
    out.put("beside", String.join(",", beside));
    return out;
  }
}
