package dev.sonde.cli;

import dev.sonde.eval.ClassScores;
import dev.sonde.probe.Answers;
import dev.sonde.probe.SavedProbe;
import java.util.Locale;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Lines of `sonde score` for a probe of more than two classes.
final class ScoreClasses {
  private final SavedProbe saved;
  private final Answers found;
  private final boolean json;

  ScoreClasses(SavedProbe saved, Answers found, boolean json) {
    this.saved = saved;
    this.found = found;
    this.json = json;
  }

  String head(String what) {
    return "class  %s  %s".formatted(saved.probabilities() ? "probability" : "score", what);
  }

  /// `row` of the answers, which is of a token or the whole of a text.
  String line(int row, int text, boolean token, String string) {
    if (!json) {
      return plain(row, string);
    }
    var object = JsonMapper.shared().createObjectNode();
    object.put("text", text);
    object.put(token ? "token" : "string", string);
    into(object, row);
    return object.toString();
  }

  String plain(int row, String string) {
    int best = found.largest(row);
    return String.format(Locale.ROOT, "%s  %.4f  %s", name(best), shown(scores(row), best), string);
  }

  void into(ObjectNode object, int row) {
    object.put("class", name(found.largest(row)));
    var scores = object.putObject("scores");
    var probabilities = saved.probabilities() ? object.putObject("probabilities") : null;
    for (int k = 0; k < found.columns().size(); k++) {
      JsonNumbers.put(scores, name(k), scores(row)[k]);
      if (probabilities != null) {
        probabilities.put(name(k), shown(scores(row), k));
      }
    }
  }

  private String name(int k) {
    return saved.classes().size() == found.columns().size()
        ? saved.classes().get(k)
        : "output " + k;
  }

  private double[] scores(int row) {
    return IntStream.range(0, found.columns().size())
        .mapToDouble(k -> found.columns().get(k).get(row))
        .toArray();
  }

  private double shown(double[] scores, int k) {
    return saved.probabilities()
        ? Math.exp(ClassScores.logProbability(scores, 0, scores.length, k))
        : scores[k];
  }
}
