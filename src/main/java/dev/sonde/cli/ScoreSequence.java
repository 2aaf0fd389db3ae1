package dev.sonde.cli;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.sequence.AttentionProbe;
import dev.sonde.sequence.SavedSequence;
import dev.sonde.sequence.Sequences;
import dev.sonde.sequence.StructuralProbe;
import dev.sonde.sequence.Tagger;
import dev.sonde.sequence.TokenProbe;
import dev.sonde.sequence.Trees;
import dev.sonde.sequence.Verdicts;
import dev.sonde.sequence.WordAlignment;
import dev.sonde.sequence.Words;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `sonde score` for probes of sequences: tags and trees of words, scores and verdicts of texts.
final class ScoreSequence {
  private final SavedSequence saved;
  private final boolean json;
  private final boolean tokens;
  private final PrintWriter out;

  ScoreSequence(SavedSequence saved, boolean json, boolean tokens, PrintWriter out) {
    this.saved = saved;
    this.json = json;
    this.tokens = tokens;
    this.out = out;
  }

  void run(
      OpenModel open, List<String> texts, List<Tokens> encoded, Workers workers, Progress bar) {
    saved.mustFit(open.name(), open.digest(), open.tokenizer().digest().brief());
    var point = Point.parse(saved.point());
    var all = new Position.All();
    var rows =
        new Capture(open.model(), List.of(point), List.of(all))
            .run(encoded, workers, bar)
            .at(new Site(point, all));
    var x = Sequences.of(rows, encoded);
    int first = 0;
    for (int i = 0; i < texts.size(); i++) {
      if (!json) {
        out.println("# " + texts.get(i));
      }
      switch (saved.probe()) {
        case Tagger tagger -> tags(tagger, i, words(texts, encoded, i), rows, first);
        case StructuralProbe tree -> tree(tree, i, words(texts, encoded, i), rows, first);
        case AttentionProbe probe -> attention(probe, x, i, encoded.get(i));
        case Verdicts probe -> verdict(probe, x, i);
        case TokenProbe probe -> line(i, probe.scores(x.select(new int[] {i}))[0]);
        default -> throw new BadInput("sonde score reads no probe of kind " + saved.probe().kind());
      }
      first += encoded.get(i).size();
    }
    out.flush();
  }

  private Words words(List<String> texts, List<Tokens> encoded, int i) {
    return Words.of(
        i, texts.get(i), encoded.get(i), WordAlignment.Subtoken.parse(saved.subtoken()));
  }

  private static ObjectNode object(int text) {
    return JsonMapper.shared().createObjectNode().put("text", text);
  }

  private void tags(Tagger tagger, int text, Words words, Matrix rows, int first) {
    var found = tagger.probabilities(words.rows(rows, first));
    for (int w = 0; w < found.length; w++) {
      int best = largest(found[w]);
      var tag = saved.classes().get(best);
      if (json) {
        out.println(
            object(text)
                .put("word", words.strings().get(w))
                .put("tag", tag)
                .put("probability", found[w][best]));
      } else {
        out.printf(Locale.ROOT, "%-8s %.4f  %s%n", tag, found[w][best], words.strings().get(w));
      }
    }
  }

  /// Edges of the spanning tree with their predicted lengths, or the depth of every word.
  private void tree(StructuralProbe probe, int text, Words words, Matrix rows, int first) {
    var strings = words.strings();
    var own = Sequences.of(words.rows(rows, first), strings.size());
    if (probe.says() == StructuralProbe.Kind.DEPTH) {
      var depths = probe.depths(own, 0);
      for (int w = 0; w < depths.length; w++) {
        if (json) {
          out.println(object(text).put("word", strings.get(w)).put("depth", depths[w]));
        } else {
          out.printf(Locale.ROOT, "%7.3f  %s%n", depths[w], strings.get(w));
        }
      }
      return;
    }
    var distances = probe.distances(own, 0);
    var keep = new boolean[strings.size()];
    for (int w = 0; w < keep.length; w++) {
      keep[w] = strings.get(w).codePoints().anyMatch(Character::isLetterOrDigit);
    }
    for (var edge : Trees.spanning(distances, keep)) {
      double length = distances[edge.from()][edge.to()];
      if (json) {
        out.println(
            object(text)
                .put("from", edge.from())
                .put("to", edge.to())
                .put("words", strings.get(edge.from()) + " " + strings.get(edge.to()))
                .put("distance", length));
      } else {
        out.printf(
            Locale.ROOT,
            "%7.3f  %s - %s%n",
            length,
            strings.get(edge.from()),
            strings.get(edge.to()));
      }
    }
  }

  private void attention(AttentionProbe probe, Sequences x, int text, Tokens encoded) {
    line(text, probe.scores(x.select(new int[] {text}))[0]);
    if (!tokens) {
      return;
    }
    var weights = probe.weights(x, text);
    int at = 0;
    for (int t = 0; t < encoded.size(); t++) {
      if (encoded.special(t)) {
        continue;
      }
      int token = at++;
      var own = Arrays.stream(weights).mapToDouble(h -> h[token]).toArray();
      if (json) {
        var object = object(text).put("token", encoded.string(t));
        var array = object.putArray("weights");
        Arrays.stream(own).forEach(array::add);
        out.println(object);
      } else {
        var line = new StringBuilder("  ");
        Arrays.stream(own).forEach(w -> line.append(String.format(Locale.ROOT, "%.4f  ", w)));
        out.println(line + encoded.string(t));
      }
    }
  }

  private void verdict(Verdicts probe, Sequences x, int text) {
    var p = probe.classes().probabilities(x.select(new int[] {text}))[0];
    var set =
        probe.calibration().map(c -> c.set(p)).orElse(List.of(largest(p))).stream()
            .map(saved.classes()::get)
            .toList();
    var answer = set.size() == 1 ? set.getFirst() : "abstains";
    if (json) {
      var object = object(text).put("answer", answer);
      var array = object.putArray("set");
      set.forEach(array::add);
      for (int k = 0; k < p.length; k++) {
        object.put(saved.classes().get(k), p[k]);
      }
      out.println(object);
      return;
    }
    var line = new StringBuilder(answer);
    for (int k = 0; k < p.length; k++) {
      line.append(String.format(Locale.ROOT, "  %s %.4f", saved.classes().get(k), p[k]));
    }
    out.println(line + (set.size() == 1 ? "" : "  " + set));
  }

  private void line(int text, double score) {
    double probability = 1 / (1 + Math.exp(-score));
    // a mean or a maximum of log-odds is no log-odds
    boolean odds = !(saved.probe() instanceof TokenProbe);
    if (json) {
      var object = object(text).put("score", score);
      out.println(odds ? object.put("probability", probability) : object);
    } else if (odds) {
      out.printf(Locale.ROOT, "%.4f  %8.3f%n", probability, score);
    } else {
      out.printf(Locale.ROOT, "%9.4g%n", score);
    }
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }
}
