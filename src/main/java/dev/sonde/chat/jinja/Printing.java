package dev.sonde.chat.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Values as texts: as Python prints them, and as its `json.dumps` writes them.
final class Printing {
  /// How JSON is laid out; `indent` below zero means on one line.
  record Layout(String comma, String colon, int indent, boolean sorted) {}

  private Printing() {}

  static String kind(Value value) {
    return switch (value) {
      case Text _ -> "a text";
      case Value.Undefined u -> "'" + u.name() + "' (nothing was given for it)";
      case Value.None _ -> "none";
      case Value.Bool _ -> "true or false";
      case Value.Int _ -> "a whole number";
      case Value.Num _ -> "a number";
      case Value.Seq _ -> "a list";
      case Value.Dict _ -> "a dictionary";
      case Value.Space _ -> "a namespace";
      case Value.Function f -> "the function '" + f.name() + "'";
    };
  }

  static Text text(Run run, Value value) {
    return switch (value) {
      case Text text -> text;
      case Value.Undefined _ -> Text.EMPTY;
      default -> {
        var out = new StringBuilder();
        python(run, value, out);
        yield Text.of(out.toString());
      }
    };
  }

  private static void python(Run run, Value value, StringBuilder out) {
    run.enter();
    int before = out.length();
    switch (value) {
      case Text text -> quoted(text.string(), out);
      case Value.Undefined _ -> out.append("Undefined");
      case Value.None _ -> out.append("None");
      case Value.Bool b -> out.append(b.value() ? "True" : "False");
      case Value.Int i -> out.append(i.value());
      case Value.Num n -> out.append(real(n.value()));
      case Value.Seq seq -> {
        out.append('[');
        for (int i = 0; i < seq.items().size(); i++) {
          out.append(i == 0 ? "" : ", ");
          python(run, seq.items().get(i), out);
        }
        out.append(']');
      }
      case Value.Dict dict -> {
        out.append('{');
        var comma = "";
        for (var entry : dict.items().entrySet()) {
          out.append(comma);
          quoted(entry.getKey(), out);
          out.append(": ");
          python(run, entry.getValue(), out);
          comma = ", ";
        }
        out.append('}');
      }
      case Value.Space _, Value.Function _ -> throw Run.bad("it prints " + kind(value));
    }
    run.room(out.length() - before);
    run.leave();
  }

  private static void quoted(String text, StringBuilder out) {
    char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
    out.append(quote);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\\' -> out.append("\\\\");
            default -> {
              if (c == quote) {
                out.append('\\').append(quote);
              } else if (printable(c)) {
                out.appendCodePoint(c);
              } else {
                out.append((c < 256 ? "\\x%02x" : c < 65536 ? "\\u%04x" : "\\U%08x").formatted(c));
              }
            }
          }
        });
    out.append(quote);
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// The shortest digits that mean the number, with an exponent where Python has one.
  static String real(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    var digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      var plain = digits.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    var all = digits.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + all.charAt(0)
        + (all.length() > 1 ? "." + all.substring(1) : "")
        + "e%s%02d".formatted(exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /// A message's text keeps its origin inside its quotes.
  static Text json(Run run, Value value, Layout layout) {
    if (value instanceof Text text && !text.plain()) {
      run.room(8L * text.length());
      var parts = new ArrayList<Text>(List.of(Text.of("\"")));
      text.points().forEach(p -> parts.add(p.spelt(escaped(p.string()))));
      parts.add(Text.of("\""));
      return Text.join(parts);
    }
    var out = new StringBuilder();
    json(run, value, layout, 0, out);
    return Text.of(out.toString());
  }

  private static void json(Run run, Value value, Layout layout, int level, StringBuilder out) {
    run.enter();
    int before = out.length();
    switch (value) {
      case Text text -> out.append('"').append(escaped(text.string())).append('"');
      case Value.None _ -> out.append("null");
      case Value.Bool b -> out.append(b.value());
      case Value.Int i -> out.append(i.value());
      case Value.Num n -> out.append(real(n.value()));
      case Value.Seq seq -> list(run, seq, layout, level, out);
      case Value.Dict dict -> dictionary(run, dict, layout, level, out);
      case Value.Undefined _, Value.Space _, Value.Function _ ->
          throw Run.bad("it writes %s as JSON".formatted(kind(value)));
    }
    run.room(out.length() - before);
    run.leave();
  }

  private static void list(Run run, Value.Seq seq, Layout layout, int level, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < seq.items().size(); i++) {
      out.append(i == 0 ? "" : layout.comma);
      line(layout, level + 1, out);
      json(run, seq.items().get(i), layout, level + 1, out);
    }
    if (!seq.items().isEmpty()) {
      line(layout, level, out);
    }
    out.append(']');
  }

  private static void dictionary(
      Run run, Value.Dict dict, Layout layout, int level, StringBuilder out) {
    out.append('{');
    var comma = "";
    Map<String, Value> items = layout.sorted ? new TreeMap<>(dict.items()) : dict.items();
    for (var entry : items.entrySet()) {
      out.append(comma);
      line(layout, level + 1, out);
      out.append('"').append(escaped(entry.getKey())).append('"').append(layout.colon);
      json(run, entry.getValue(), layout, level + 1, out);
      comma = layout.comma;
    }
    if (!items.isEmpty()) {
      line(layout, level, out);
    }
    out.append('}');
  }

  private static void line(Layout layout, int level, StringBuilder out) {
    if (layout.indent >= 0) {
      out.append('\n').repeat(' ', layout.indent * level);
    }
  }

  private static String escaped(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> out.append(c < 0x20 ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return out.toString();
  }
}
