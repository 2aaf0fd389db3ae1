package dev.sonde.data;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.List;

/// Lines of a CoNLL-U file to sentences.
final class ConlluReader {
  private static final int COLUMNS = 10;

  private final String source;
  private final List<Conllu.Sentence> sentences = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private String id = "";
  private String document = "";
  private String text = "";
  private int number;

  /// A line of a word or of a multiword token.
  private record Line(int number, List<String> cells) {
    boolean range() {
      return cells.getFirst().contains("-");
    }

    String form() {
      return cells.get(1);
    }

    boolean spaceAfter() {
      return !cells.get(9).contains("SpaceAfter=No");
    }

    int last() {
      return Integer.parseInt(cells.getFirst().substring(cells.getFirst().indexOf('-') + 1));
    }
  }

  /// What is written in the text: a word, or a multiword token with its words.
  private record Surface(Line line, List<Line> words) {}

  ConlluReader(String source) {
    this.source = source;
  }

  void line(String line) {
    number++;
    if (number == 1 && line.startsWith("\uFEFF")) {
      line(line.substring(1), number);
    } else {
      line(line, number);
    }
  }

  private void line(String line, int at) {
    if (line.isBlank()) {
      finish();
    } else if (line.startsWith("#")) {
      comment(line.substring(1).strip());
    } else {
      var cells = List.of(line.split("\t", -1));
      if (cells.size() != COLUMNS) {
        throw bad(at, "expected %d columns with tabs between, found %d", COLUMNS, cells.size());
      }
      if (!cells.getFirst().matches("\\d+([-.]\\d+)?")) {
        throw bad(at, "expected an id like 3, 3-4 or 3.1, found '%s'", cells.getFirst());
      }
      if (!cells.getFirst().contains(".")) {
        lines.add(new Line(at, cells));
      }
    }
  }

  private void comment(String comment) {
    int equals = comment.indexOf('=');
    var key = (equals < 0 ? comment : comment.substring(0, equals)).strip();
    var value = equals < 0 ? "" : comment.substring(equals + 1).strip();
    switch (key) {
      case "sent_id" -> id = value;
      case "text" -> text = value;
      case "newdoc id" -> document = value;
      case "newdoc" -> document = "document at line " + number;
      default -> {}
    }
  }

  List<Conllu.Sentence> end() {
    finish();
    return sentences;
  }

  private void finish() {
    if (!lines.isEmpty()) {
      sentences.add(sentence());
    }
    lines.clear();
    id = "";
    text = "";
  }

  private Conllu.Sentence sentence() {
    var surfaces = surfaces();
    var name = id.isEmpty() ? "sentence %d".formatted(sentences.size() + 1) : id;
    var whole = text.isEmpty() ? spelled(surfaces) : text;
    var words = new ArrayList<Conllu.Word>();
    int at = 0;
    for (var surface : surfaces) {
      int from = whole.indexOf(surface.line.form(), at);
      if (from < 0 || !spaces(whole.substring(at, from))) {
        throw bad(
            surface.line.number,
            "'%s' does not come next in the sentence's text '%s'",
            surface.line.form(),
            whole);
      }
      at = from + surface.line.form().length();
      place(surface, from, at, words);
    }
    check(words);
    return new Conllu.Sentence(name, document, whole, words);
  }

  /// Words in the order of the file, those of a multiword token under it; ids must count up from 1.
  private List<Surface> surfaces() {
    var out = new ArrayList<Surface>();
    int covered = 0;
    int expected = 1;
    for (var line : lines) {
      if (line.range()) {
        covered = line.last();
        out.add(new Surface(line, new ArrayList<>()));
        continue;
      }
      if (!line.cells.getFirst().equals(Integer.toString(expected))) {
        throw bad(line.number, "expected word %d, found %s", expected, line.cells.getFirst());
      }
      if (expected > covered) {
        out.add(new Surface(line, new ArrayList<>()));
      }
      out.getLast().words.add(line);
      expected++;
    }
    return out;
  }

  /// Spaces of any kind, unbreakable ones too.
  private static boolean spaces(String text) {
    return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
  }

  private static String spelled(List<Surface> surfaces) {
    var out = new StringBuilder();
    for (var surface : surfaces) {
      out.append(surface.line.form()).append(surface.line.spaceAfter() ? " " : "");
    }
    return out.toString().strip();
  }

  private void place(Surface surface, int from, int to, List<Conllu.Word> words) {
    var joined = new StringBuilder();
    surface.words.forEach(w -> joined.append(w.form()));
    boolean spells = joined.toString().equals(surface.line.form());
    int at = from;
    for (var line : surface.words) {
      int end = spells ? at + line.form().length() : to;
      var c = line.cells;
      words.add(
          new Conllu.Word(c.get(1), c.get(2), c.get(3), c.get(4), head(line), c.get(7), at, end));
      at = spells ? end : from;
    }
  }

  /// -1 for the root and for a file without trees.
  private int head(Line line) {
    var cell = line.cells.get(6);
    if (cell.equals("_")) {
      return -1;
    }
    if (!cell.matches("\\d{1,6}")) {
      throw bad(line.number, "expected the number of a head, found '%s'", cell);
    }
    return Integer.parseInt(cell) - 1;
  }

  private void check(List<Conllu.Word> words) {
    for (int i = 0; i < words.size(); i++) {
      int head = words.get(i).head();
      if (head >= words.size() || head == i) {
        throw bad(
            lines.getFirst().number,
            "word %d of the sentence hangs on word %d of %d",
            i + 1,
            head + 1,
            words.size());
      }
    }
  }

  @FormatMethod
  private BadInput bad(int line, @FormatString String what, Object... values) {
    return new BadInput("%s, line %d: %s".formatted(source, line, what.formatted(values)));
  }
}
