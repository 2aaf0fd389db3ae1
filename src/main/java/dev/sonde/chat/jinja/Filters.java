package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Value.Arguments;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What may follow `|`.
final class Filters {
  private static final Set<String> KNOWN =
      Set.of(
          "trim",
          "upper",
          "lower",
          "length",
          "count",
          "default",
          "d",
          "tojson",
          "join",
          "list",
          "map",
          "select",
          "reject",
          "selectattr",
          "rejectattr",
          "replace",
          "first",
          "last",
          "items",
          "string",
          "int",
          "float",
          "safe",
          "capitalize",
          "title",
          "dictsort",
          "unique",
          "sort",
          "reverse",
          "indent",
          "abs");
  private static final Pattern WORDS = Pattern.compile("[^-\\s({\\[<]+");

  private Filters() {}

  static boolean known(String name) {
    return KNOWN.contains(name);
  }

  static Value apply(Run run, String name, Value value, Arguments given) {
    return switch (name) {
      case "trim", "upper", "lower", "capitalize", "title", "string", "safe", "indent" ->
          ofText(run, name, Printing.text(run, value), given);
      case "replace" -> Methods.replaced(run, Printing.text(run, value), given);
      case "default", "d" -> otherwise(value, given);
      case "length", "count" -> new Value.Int(length(value));
      case "tojson" -> json(run, value, given);
      case "int", "float" -> number(name.equals("int"), value, given);
      case "abs" ->
          Operators.order(run, value, new Value.Int(0)) < 0
              ? Operators.compute(run, "-", new Value.Int(0), value)
              : value;
      case "items" ->
          switch (value) {
            case Value.Dict dict -> new Value.Seq(Access.pairs(run, dict));
            case Value.Undefined _ -> new Value.Seq(List.of());
            default -> throw Run.bad("items needs a dictionary, found " + Printing.kind(value));
          };
      case "reverse" ->
          value instanceof Text
              ? Access.slice(run, value, Value.None.NONE, Value.None.NONE, new Value.Int(-1))
              : new Value.Seq(Access.items(run, value).reversed());
      default -> ofItems(run, name, value, given);
    };
  }

  private static Value ofText(Run run, String name, Text text, Arguments given) {
    run.room(text.length());
    return switch (name) {
      case "trim" ->
          text.strip(
              given.at(0, "chars").map(v -> v instanceof Text t ? t.string() : "").orElse(""),
              true,
              true);
      case "upper" -> text.spelt(text.string().toUpperCase(Locale.ROOT));
      case "lower" -> text.spelt(text.string().toLowerCase(Locale.ROOT));
      case "capitalize" -> Methods.capitalized(text);
      case "title" ->
          text.spelt(
              WORDS
                  .matcher(text.string())
                  .replaceAll(w ->
                      java.util.regex.Matcher.quoteReplacement(
                          Methods.capitalized(Text.of(w.group())).string())));
      case "indent" -> indented(run, text, given);
      default -> text;
    };
  }

  private static Text indented(Run run, Text text, Arguments given) {
    long width = given.at(0, "width").map(Operators::whole).orElse(4L);
    boolean first = given.at(1, "first").filter(Operators::truth).isPresent();
    boolean blank = given.at(2, "blank").filter(Operators::truth).isPresent();
    run.room(Math.max(0, width));
    var margin = Text.of(" ".repeat(Math.clamp(width, 0, Integer.MAX_VALUE)));
    var parts = new ArrayList<Text>();
    for (var line : text.split("\n", Long.MAX_VALUE, false)) {
      boolean begin = parts.isEmpty();
      if (!begin) {
        parts.add(Text.of("\n"));
      }
      parts.add(
          begin ? first ? margin : Text.EMPTY : blank || line.length() > 0 ? margin : Text.EMPTY);
      parts.add(line);
    }
    return run.join(parts);
  }

  private static Value otherwise(Value value, Arguments given) {
    boolean falsy = given.at(1, "boolean").filter(Operators::truth).isPresent();
    return value instanceof Value.Undefined || (falsy && !Operators.truth(value))
        ? given.at(0, "default_value").orElse(Text.EMPTY)
        : value;
  }

  private static long length(Value value) {
    return switch (value) {
      case Text text -> text.string().codePointCount(0, text.length());
      case Value.Seq seq -> seq.items().size();
      case Value.Dict dict -> dict.items().size();
      case Value.Undefined _ -> 0;
      default -> throw Run.bad("it asks for the length of " + Printing.kind(value));
    };
  }

  private static Value json(Run run, Value value, Arguments given) {
    int indent =
        given
            .at(1, "indent")
            .filter(v -> !(v instanceof Value.None))
            .map(Operators::whole)
            .map(n -> Math.clamp(n, 0, 64))
            .orElse(-1);
    var comma = indent < 0 ? ", " : ",";
    var colon = ": ";
    if (given.at(2, "separators").orElse(Value.None.NONE) instanceof Value.Seq seq
        && seq.items().size() == 2) {
      comma = Printing.text(run, seq.items().getFirst()).string();
      colon = Printing.text(run, seq.items().getLast()).string();
    }
    boolean sorted = given.at(3, "sort_keys").filter(Operators::truth).isPresent();
    return Printing.json(run, value, new Printing.Layout(comma, colon, indent, sorted));
  }

  private static Value number(boolean whole, Value value, Arguments given) {
    var otherwise = given.at(0, "default").orElse(whole ? new Value.Int(0) : new Value.Num(0));
    return switch (value) {
      case Value.Num n -> whole ? new Value.Int((long) n.value()) : n;
      case Value.Int i -> whole ? i : new Value.Num(i.value());
      case Value.Bool b ->
          whole ? new Value.Int(b.value() ? 1 : 0) : new Value.Num(b.value() ? 1 : 0);
      case Text text -> {
        var digits = text.strip("", true, true).string();
        boolean real =
            digits.length() < 400 && digits.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
        yield !real
            ? otherwise
            : whole
                ? new Value.Int((long) Double.parseDouble(digits))
                : new Value.Num(Double.parseDouble(digits));
      }
      default -> otherwise;
    };
  }

  private static Value ofItems(Run run, String name, Value value, Arguments given) {
    if (name.equals("dictsort")) {
      return dictsort(run, value, given);
    }
    var items = Access.items(run, value);
    return switch (name) {
      case "list" -> new Value.Seq(items);
      case "first" -> items.isEmpty() ? new Value.Undefined("first") : items.getFirst();
      case "last" -> items.isEmpty() ? new Value.Undefined("last") : items.getLast();
      case "join" ->
          Methods.joined(
              run,
              given.at(0, "d").map(d -> Printing.text(run, d)).orElse(Text.EMPTY),
              attributes(items, given.at(1, "attribute").orElse(Value.None.NONE)));
      case "map" -> map(run, items, given);
      case "sort" -> sorted(run, items, given);
      case "unique" -> unique(run, items, given);
      default -> picked(run, name, items, given);
    };
  }

  private static List<Value> attributes(List<Value> items, Value name) {
    return name instanceof Value.None
        ? items
        : items.stream().map(v -> attribute(v, name)).toList();
  }

  /// An attribute, through dots if there are any.
  private static Value attribute(Value of, Value name) {
    if (!(name instanceof Text text)) {
      return Access.item(of, name);
    }
    var out = of;
    for (var part : text.split(".", Long.MAX_VALUE, false)) {
      out = Access.item(out, part);
    }
    return out;
  }

  private static Value map(Run run, List<Value> items, Arguments given) {
    var attribute = given.named().get("attribute");
    if (attribute != null) {
      var otherwise = given.named().get("default");
      return new Value.Seq(
          items.stream()
              .map(v -> attribute(v, attribute))
              .map(v -> v instanceof Value.Undefined && otherwise != null ? otherwise : v)
              .toList());
    }
    var filter = Operators.key(given.need("map", 0));
    if (!known(filter)) {
      throw Run.bad("there is no filter '%s' here".formatted(filter));
    }
    var rest = given.after(1);
    run.enter();
    var out = new Value.Seq(items.stream().map(v -> apply(run, filter, v, rest)).toList());
    run.leave();
    return out;
  }

  private static Value picked(Run run, String name, List<Value> items, Arguments given) {
    boolean attributed = name.endsWith("attr");
    boolean keep = name.startsWith("select");
    int place = attributed ? 1 : 0;
    var test =
        given.ordered().size() > place ? Tests.spelt(Operators.key(given.need(name, place))) : "";
    if (!test.isEmpty() && !Tests.known(test)) {
      throw Run.bad("there is no test '%s' here".formatted(test));
    }
    var rest = given.after(place + 1);
    return new Value.Seq(
        items.stream()
            .filter(v -> {
              run.step(1);
              var of = attributed ? attribute(v, given.need(name, 0)) : v;
              return keep
                  == (test.isEmpty() ? Operators.truth(of) : Tests.apply(run, test, of, rest));
            })
            .toList());
  }

  private static Value folded(Run run, Value value, boolean exact) {
    return !exact && value instanceof Text text
        ? ofText(run, "lower", text, Arguments.NONE)
        : value;
  }

  private static Value sorted(Run run, List<Value> items, Arguments given) {
    boolean exact = given.at(1, "case_sensitive").filter(Operators::truth).isPresent();
    var attribute = given.at(2, "attribute").orElse(Value.None.NONE);
    Comparator<Value> order =
        (a, b) ->
            Operators.order(
                run,
                folded(run, attributes(List.of(a), attribute).getFirst(), exact),
                folded(run, attributes(List.of(b), attribute).getFirst(), exact));
    boolean down = given.at(0, "reverse").filter(Operators::truth).isPresent();
    return new Value.Seq(items.stream().sorted(down ? order.reversed() : order).toList());
  }

  private static Value unique(Run run, List<Value> items, Arguments given) {
    boolean exact = given.at(0, "case_sensitive").filter(Operators::truth).isPresent();
    var attribute = given.at(1, "attribute").orElse(Value.None.NONE);
    var seen = new ArrayList<Value>();
    var out = new ArrayList<Value>();
    for (var item : items) {
      var key = folded(run, attributes(List.of(item), attribute).getFirst(), exact);
      if (seen.stream().noneMatch(s -> Operators.equal(run, s, key))) {
        seen.add(key);
        out.add(item);
      }
    }
    return new Value.Seq(out);
  }

  private static Value dictsort(Run run, Value value, Arguments given) {
    if (!(value instanceof Value.Dict dict)) {
      throw Run.bad("dictsort needs a dictionary, found " + Printing.kind(value));
    }
    boolean exact = given.at(0, "case_sensitive").filter(Operators::truth).isPresent();
    var by = given.at(1, "by").map(v -> Printing.text(run, v).string()).orElse("key");
    boolean down = given.at(2, "reverse").filter(Operators::truth).isPresent();
    var index = new Value.Int(by.equals("value") ? 1 : 0);
    Comparator<Value> order =
        (a, b) ->
            Operators.order(
                run,
                folded(run, Access.item(a, index), exact),
                folded(run, Access.item(b, index), exact));
    return new Value.Seq(
        Access.pairs(run, dict).stream().sorted(down ? order.reversed() : order).toList());
  }
}
