package dev.sonde.cli;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.sonde.hook.Intervention;
import dev.sonde.study.OpenModel;
import dev.sonde.study.TextRun;
import dev.sonde.token.Tokens;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How `sonde run` shows what it found.
record RunTables(PrintWriter out, OpenModel open, List<Intervention> edits) {
  /// What every output says of the network and of this program.
  static void origin(OpenModel open, ObjectNode to) {
    to.put("model", open.name());
    to.put("model_sha256", open.digest().hex());
    to.put("dtype", open.model().numerics().described());
    to.put("tokenizer", open.reader().brief());
    to.put("sonde", Version.of());
  }

  void print(TextRun.Outcome text, boolean norms) {
    line("# %s", text.text().replaceAll("\\R", " "));
    line("%d tokens: %s", text.tokens().size(), tokens(text.tokens()));
    if (!text.seen().isEmpty()) {
      line("");
      if (norms) {
        norms(text);
      } else {
        summary(text.seen());
      }
    }
    for (var answer : text.answers()) {
      line("");
      answer(text.tokens(), answer);
    }
    line("");
    out.flush();
  }

  @FormatMethod
  private void line(@FormatString String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments).stripTrailing());
  }

  private static String tokens(Tokens tokens) {
    if (tokens.image().isPresent()) {
      return "[CLS] and patches by row,column, %s to %s"
          .formatted(tokens.string(1), tokens.string(tokens.size() - 1));
    }
    return IntStream.range(0, tokens.size())
        .mapToObj(tokens::string)
        .collect(Collectors.joining(" "));
  }

  private void summary(List<TextRun.Seen> seen) {
    line(
        "%-16s %-14s %s",
        "point",
        "shape",
        edits.isEmpty()
            ? "norm: mean      last"
            : "norm: mean      last   edited: mean      last   moved: mean      last  from");
    for (var one : seen) {
      var plain = one.norms(one.plain());
      var row =
          "%-16s %-14s %10s%10s"
              .formatted(
                  one.point(),
                  Arrays.toString(one.plain().shape()),
                  number(mean(plain)),
                  number(plain.getLast()));
      if (one.edited().isPresent()) {
        var edited = one.norms(one.edited().get());
        var change = one.change();
        row +=
            "   %12s%10s   %11s%10s  %s"
                .formatted(
                    number(mean(edited)),
                    number(edited.getLast()),
                    percent(mean(change)),
                    percent(change.getLast()),
                    first(change));
      }
      line("%s", row);
    }
  }

  /// The first token that the edits moved.
  private static String first(List<Double> change) {
    return IntStream.range(0, change.size())
        .filter(i -> change.get(i) != 0)
        .mapToObj(Integer::toString)
        .findFirst()
        .orElse("-");
  }

  private void norms(TextRun.Outcome text) {
    for (var one : text.seen()) {
      line("%s %s", one.point(), Arrays.toString(one.plain().shape()));
      var plain = one.norms(one.plain());
      var edited = one.edited().map(one::norms).orElse(List.of());
      var change = one.change();
      line(
          "  %3s  %-14s %10s%s",
          "", "token", "norm", edited.isEmpty() ? "" : "    edited     moved");
      for (int i = 0; i < plain.size(); i++) {
        var more =
            edited.isEmpty()
                ? ""
                : "%10s%10s".formatted(number(edited.get(i)), percent(change.get(i)));
        line("  %3d  %-14s %10s%s", i, text.tokens().string(i), number(plain.get(i)), more);
      }
    }
  }

  private void answer(Tokens tokens, TextRun.Answer answer) {
    boolean last = open.model().architecture().causal();
    var at = answer.position();
    var what = last ? "next token" : "at %d, %s".formatted(at, tokens.string(at));
    boolean edited = !Double.isNaN(answer.divergence());
    line(
        "%-20s %12s%s", what, "probability", edited ? "     edited   logit   edited   change" : "");
    for (var word : answer.words()) {
      var row = "%-20s %12.4f".formatted(quoted(word.token()), word.probability());
      if (edited) {
        row +=
            "%11.4f%8.3f%9.3f%+9.3f"
                .formatted(
                    word.editedProbability(), word.logit(), word.editedLogit(), word.logitChange());
      }
      line("%s", row);
    }
    if (edited) {
      line("KL(without || with): %s nats", number(answer.divergence()));
    }
  }

  private static String quoted(String token) {
    return "'" + token.replaceAll("\\R", "\\\\n") + "'";
  }

  private static double mean(List<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(0);
  }

  private static String number(double x) {
    boolean plain = x == 0 || (Math.abs(x) >= 1e-3 && Math.abs(x) < 1e5);
    return String.format(Locale.ROOT, plain ? "%.4g" : "%.2e", x);
  }

  private static String percent(double share) {
    return share == 0 ? "0" : String.format(Locale.ROOT, "%.3g%%", 100 * share);
  }

  void json(TextRun.Outcome text) {
    var json = JsonMapper.shared().createObjectNode();
    json.put("text", text.text());
    var tokens = json.putArray("tokens");
    for (int i = 0; i < text.tokens().size(); i++) {
      tokens.add(text.tokens().string(i));
    }
    var points = json.putArray("points");
    text.seen().forEach(seen -> json(seen, points.addObject()));
    var answers = json.putArray("answers");
    text.answers().forEach(answer -> json(answer, answers.addObject()));
    var list = json.putArray("edits");
    edits.forEach(edit -> list.add(edit.toString()));
    origin(open, json);
    out.println(json);
    out.flush();
  }

  private static void json(TextRun.Seen seen, ObjectNode to) {
    to.put("point", seen.point().toString());
    var shape = to.putArray("shape");
    for (long n : seen.plain().shape()) {
      shape.add(n);
    }
    numbers(seen.norms(seen.plain()), to.putArray("norms"));
    if (seen.edited().isPresent()) {
      numbers(seen.norms(seen.edited().get()), to.putArray("edited_norms"));
      numbers(seen.change(), to.putArray("moved"));
    }
  }

  private static void json(TextRun.Answer answer, ObjectNode to) {
    boolean edited = !Double.isNaN(answer.divergence());
    to.put("position", answer.position());
    if (edited) {
      to.put("kl", answer.divergence());
    }
    var words = to.putArray("words");
    for (var word : answer.words()) {
      var one = words.addObject();
      one.put("id", word.id()).put("token", word.token());
      one.put("probability", word.probability()).put("logit", word.logit());
      if (edited) {
        one.put("edited_probability", word.editedProbability());
        one.put("edited_logit", word.editedLogit());
      }
    }
  }

  private static void numbers(List<Double> from, ArrayNode to) {
    from.forEach(to::add);
  }
}
