package dev.sonde.study;

import dev.sonde.io.BadInput;
import dev.sonde.sequence.WordAlignment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What a [TokenStudy] asks and how.
///
/// `sentences` and `held` are how many sentences are drawn for training and for the test (0: all).
/// `rank` is that of structural probes. `share` of the documents is held out where there is no file
/// of held-out sentences. `hidden` units has the MLP probe that runs beside the linear one (0:
/// none).
public record TokenSettings(
    Task task,
    List<String> points,
    WordAlignment.Subtoken subtoken,
    int sentences,
    int held,
    double c,
    int rank,
    int draws,
    boolean untrained,
    double share,
    long seed,
    int hidden) {
  public static final TokenSettings DEFAULT =
      new TokenSettings(
          Task.POS,
          List.of("resid_post"),
          WordAlignment.Subtoken.MEAN,
          1500,
          500,
          0.01,
          64,
          1000,
          true,
          0.25,
          1,
          0);

  /// What is asked of every word.
  public enum Task {
    /// Its part of speech.
    POS,
    /// How far it is from the other words in the syntax tree.
    DISTANCE,
    /// How deep it lies in the syntax tree.
    DEPTH;

    /// @throws BadInput for a name that is none
    public static Task parse(String name) {
      return Arrays.stream(values())
          .filter(t -> t.brief().equals(name))
          .findFirst()
          .orElseThrow(
              () -> new BadInput("--task takes pos, distance or depth, not '%s'".formatted(name)));
    }

    public String brief() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TokenSettings {
    points = List.copyOf(points);
    if (sentences < 0 || held < 0 || rank < 1 || draws < 1) {
      throw new BadInput(
          "numbers of sentences are 0 (all) or more, the rank and the draws 1 or more");
    }
    if (!(c > 0) || Double.isInfinite(c) || !(share > 0 && share < 1)) {
      throw new BadInput("C is a positive number, and the share held out lies between 0 and 1");
    }
  }

  public TokenSettings withTask(Task other) {
    return new TokenSettings(
        other, points, subtoken, sentences, held, c, rank, draws, untrained, share, seed, hidden);
  }

  public TokenSettings withSites(List<String> where, WordAlignment.Subtoken which) {
    return new TokenSettings(
        task, where, which, sentences, held, c, rank, draws, untrained, share, seed, hidden);
  }

  public TokenSettings withSentences(int train, int test) {
    return new TokenSettings(
        task, points, subtoken, train, test, c, rank, draws, untrained, share, seed, hidden);
  }

  public TokenSettings withProbe(double strength, int rows) {
    return new TokenSettings(
        task, points, subtoken, sentences, held, strength, rows, draws, untrained, share, seed,
        hidden);
  }

  public TokenSettings withEffort(int bootstrap, boolean twin) {
    return new TokenSettings(
        task, points, subtoken, sentences, held, c, rank, bootstrap, twin, share, seed, hidden);
  }

  /// An MLP probe of so many hidden units beside the linear one; 0: none.
  public TokenSettings withHidden(int units) {
    if (units < 0 || (units > 0 && task != Task.POS)) {
      throw new BadInput("an MLP probe of one hidden unit or more goes with --task pos");
    }
    return new TokenSettings(
        task, points, subtoken, sentences, held, c, rank, draws, untrained, share, seed, units);
  }

  public TokenSettings withSeed(long origin) {
    return new TokenSettings(
        task, points, subtoken, sentences, held, c, rank, draws, untrained, share, origin, hidden);
  }

  Map<String, String> described() {
    var out = new TreeMap<String, String>();
    out.put("task", task.brief());
    out.put("points", String.join(",", points));
    out.put("subtoken", subtoken.name().toLowerCase(Locale.ROOT));
    out.put("sentences", Integer.toString(sentences));
    out.put("held", Integer.toString(held));
    out.put("c", Double.toString(c));
    out.put("rank", Integer.toString(rank));
    out.put("draws", Integer.toString(draws));
    out.put("untrained", Boolean.toString(untrained));
    out.put("hidden", Integer.toString(hidden));
    out.put("share", Double.toString(share));
    out.put("seed", Long.toString(seed));
    return out;
  }
}
