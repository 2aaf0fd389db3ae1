package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Value.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The methods of Python's texts, lists and dictionaries that templates call; none that changes its
/// object.
final class Methods {
  private static final Set<String> OF_TEXT =
      Set.of(
          "strip",
          "lstrip",
          "rstrip",
          "split",
          "rsplit",
          "splitlines",
          "startswith",
          "endswith",
          "upper",
          "lower",
          "replace",
          "title",
          "capitalize",
          "find",
          "rfind",
          "join",
          "format",
          "count",
          "removeprefix",
          "removesuffix",
          "isdigit");
  private static final Set<String> OF_DICTIONARY = Set.of("items", "keys", "values", "get", "copy");
  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "extend",
          "insert",
          "pop",
          "remove",
          "clear",
          "update",
          "setdefault",
          "sort",
          "reverse",
          "popitem");
  private static final Pattern PERCENT = Pattern.compile("%([sd%])");
  private static final Pattern BRACES = Pattern.compile("\\{\\{|}}|\\{(\\w*)}");

  private Methods() {}

  static Optional<Value> of(Value value, String name) {
    boolean holds = value instanceof Value.Seq || value instanceof Value.Dict;
    if (holds && CHANGING.contains(name)) {
      return method(
          name,
          (run, given) -> {
            throw Run.bad(
                "it changes %s with %s; a template may not".formatted(Printing.kind(value), name));
          });
    }
    return switch (value) {
      case Text text when OF_TEXT.contains(name) ->
          method(name, (run, given) -> apply(run, text, name, given));
      case Value.Dict dict when OF_DICTIONARY.contains(name) ->
          method(name, (run, given) -> apply(run, dict, name, given));
      case Value.Seq seq when name.equals("index") || name.equals("count") ->
          method(name, (run, given) -> apply(run, seq, name, given));
      default -> Optional.empty();
    };
  }

  private static Optional<Value> method(String name, Value.Body body) {
    return Optional.of(new Value.Function(name, body));
  }

  private static Value apply(Run run, Value.Dict dict, String name, Arguments given) {
    return switch (name) {
      case "items" -> new Value.Seq(Access.pairs(run, dict));
      case "keys" -> new Value.Seq(Access.items(run, dict));
      case "values" -> {
        run.room(dict.items().size());
        yield new Value.Seq(List.copyOf(dict.items().values()));
      }
      case "copy" -> dict;
      default -> {
        var found = dict.items().get(Operators.key(given.need(name, 0)));
        yield found == null ? given.at(1, "default").orElse(Value.None.NONE) : found;
      }
    };
  }

  private static Value apply(Run run, Value.Seq seq, String name, Arguments given) {
    var wanted = given.need(name, 0);
    long count = 0;
    for (int i = 0; i < seq.items().size(); i++) {
      if (Operators.equal(run, seq.items().get(i), wanted)) {
        if (name.equals("index")) {
          return new Value.Int(i);
        }
        count++;
      }
    }
    if (name.equals("index")) {
      throw Run.bad("it asks for the place of something that is not in the list");
    }
    return new Value.Int(count);
  }

  private static Value apply(Run run, Text text, String name, Arguments given) {
    run.room(text.length());
    return switch (name) {
      case "strip", "lstrip", "rstrip" ->
          text.strip(set(given), !name.equals("rstrip"), !name.equals("lstrip"));
      case "split", "rsplit" -> split(run, text, name.equals("rsplit"), given);
      case "splitlines" -> lines(run, text);
      case "startswith", "endswith" -> new Value.Bool(edge(text, name, given.need(name, 0)));
      case "upper" -> text.spelt(text.string().toUpperCase(Locale.ROOT));
      case "lower" -> text.spelt(text.string().toLowerCase(Locale.ROOT));
      case "title" -> text.spelt(title(text.string()));
      case "capitalize" -> capitalized(text);
      case "replace" -> replaced(run, text, given);
      case "find" -> place(text, text.string().indexOf(string(given, name, 0)));
      case "rfind" -> place(text, text.string().lastIndexOf(string(given, name, 0)));
      case "join" -> joined(run, text, Access.items(run, given.need(name, 0)));
      case "count" -> new Value.Int(occurrences(text, string(given, name, 0)));
      case "removeprefix", "removesuffix" -> without(text, name, string(given, name, 0));
      case "isdigit" ->
          new Value.Bool(
              text.length() > 0 && text.string().codePoints().allMatch(Character::isDigit));
      default -> format(run, text, given);
    };
  }

  private static String set(Arguments given) {
    return given.at(0, "chars").map(v -> v instanceof Text t ? t.string() : "").orElse("");
  }

  private static String string(Arguments given, String of, int place) {
    if (given.need(of, place) instanceof Text text) {
      return text.string();
    }
    throw Run.bad("%s needs a text, found %s".formatted(of, Printing.kind(given.need(of, place))));
  }

  private static long occurrences(Text text, String of) {
    return of.isEmpty() ? text.length() + 1L : text.split(of, Long.MAX_VALUE, false).size() - 1L;
  }

  private static Text without(Text text, String name, String edge) {
    if (name.equals("removeprefix")) {
      return text.string().startsWith(edge) ? text.cut(edge.length(), text.length()) : text;
    }
    return text.string().endsWith(edge) ? text.cut(0, text.length() - edge.length()) : text;
  }

  private static Value split(Run run, Text text, boolean right, Arguments given) {
    long most =
        given.at(1, "maxsplit").map(Operators::whole).filter(n -> n >= 0).orElse(Long.MAX_VALUE);
    var separator = given.at(0, "sep").orElse(Value.None.NONE);
    List<Text> out;
    if (separator instanceof Text by && by.length() > 0) {
      out = text.split(by.string(), most, right);
    } else if (separator instanceof Value.None && !right) {
      out = text.words(most);
    } else {
      throw Run.bad("it splits at %s".formatted(Printing.kind(separator)));
    }
    run.room(8L * out.size());
    return new Value.Seq(List.copyOf(out));
  }

  private static Value lines(Run run, Text text) {
    var out = text.split("\n", Long.MAX_VALUE, false);
    if (out.getLast().length() == 0) {
      out.removeLast();
    }
    run.room(8L * out.size());
    return new Value.Seq(List.copyOf(out));
  }

  private static boolean edge(Text text, String name, Value edge) {
    return switch (edge) {
      case Text t ->
          name.equals("startswith")
              ? text.string().startsWith(t.string())
              : text.string().endsWith(t.string());
      case Value.Seq seq ->
          seq.items().stream().anyMatch(v -> v instanceof Text && edge(text, name, v));
      default -> throw Run.bad("%s needs a text, found %s".formatted(name, Printing.kind(edge)));
    };
  }

  /// Python's `title`: a capital wherever a letter follows none.
  private static String title(String text) {
    var out = new StringBuilder();
    boolean inside = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }

  static Text capitalized(Text text) {
    if (text.length() == 0) {
      return text;
    }
    int first = Character.charCount(text.string().codePointAt(0));
    var head = text.cut(0, first);
    var tail = text.cut(first, text.length());
    return Text.join(
        List.of(
            head.spelt(head.string().toUpperCase(Locale.ROOT)),
            tail.spelt(tail.string().toLowerCase(Locale.ROOT))));
  }

  static Text replaced(Run run, Text text, Arguments given) {
    var old = string(given, "replace", 0);
    var to = Printing.text(run, given.need("replace", 1));
    long most =
        given.at(2, "count").map(Operators::whole).filter(n -> n >= 0).orElse(Long.MAX_VALUE);
    if (old.isEmpty()) {
      throw Run.bad("it replaces an empty text");
    }
    return joined(run, to, List.copyOf(text.split(old, most, false)));
  }

  static Text joined(Run run, Text by, List<Value> parts) {
    var out = new ArrayList<Text>();
    for (var part : parts) {
      if (!out.isEmpty()) {
        out.add(by);
      }
      out.add(Printing.text(run, part));
    }
    return run.join(out);
  }

  /// Python counts code points.
  private static Value place(Text text, int unit) {
    return new Value.Int(unit < 0 ? -1 : text.string().codePointCount(0, unit));
  }

  private static Text format(Run run, Text text, Arguments given) {
    var parts = new ArrayList<Text>();
    var braces = BRACES.matcher(text.string());
    int at = 0;
    int next = 0;
    while (braces.find()) {
      parts.add(text.cut(at, braces.start()));
      at = braces.end();
      var name = Optional.ofNullable(braces.group(1));
      if (name.isEmpty()) {
        parts.add(Text.of(braces.group().substring(1)));
        continue;
      }
      boolean numbered = name.get().matches("\\d{0,4}");
      int place =
          !numbered
              ? given.ordered().size()
              : name.get().isEmpty() ? next++ : Integer.parseInt(name.get());
      parts.add(
          Printing.text(
              run,
              given.at(place, name.get()).orElseThrow(() -> Run.bad("format lacks an argument"))));
    }
    parts.add(text.cut(at, text.length()));
    return run.join(parts);
  }

  static Text percent(Run run, Text text, Value right) {
    var values = right instanceof Value.Seq seq ? seq.items() : List.of(right);
    var parts = new ArrayList<Text>();
    var percent = PERCENT.matcher(text.string());
    int at = 0;
    int next = 0;
    while (percent.find()) {
      parts.add(text.cut(at, percent.start()));
      at = percent.end();
      if (percent.group().equals("%%")) {
        parts.add(Text.of("%"));
      } else if (next < values.size()) {
        parts.add(Printing.text(run, values.get(next++)));
      } else {
        throw Run.bad("'%' lacks a value");
      }
    }
    parts.add(text.cut(at, text.length()));
    return run.join(parts);
  }
}
