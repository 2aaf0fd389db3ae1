package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A template cut into tokens, with `trim_blocks` and `lstrip_blocks` as chat templates are written
/// for: the newline behind a block goes, and so do the blanks before one that begins a line.
final class Lexer {
  private static final Pattern OPEN = Pattern.compile("\\{[{%#]");
  private static final Pattern RAW =
      Pattern.compile("\\s*raw\\s*(?:-%}\\s*|%}\\n?)", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");
  private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*(\\.\\d+)?([eE][-+]?\\d+)?");
  private static final List<String> PAIRS = List.of("//", "**", "==", "!=", "<=", ">=");

  private final String source;
  private final List<Token> out = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;
  private boolean lineBegins = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    var lines = template.replace("\r\n", "\n").replace('\r', '\n');
    var lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
    while (lexer.at < lexer.source.length()) {
      lexer.outside();
    }
    lexer.add(Kind.END, "");
    return lexer.out;
  }

  private void outside() {
    var open = OPEN.matcher(source).region(at, source.length());
    if (!open.find()) {
      data(source.substring(at), ' ');
      at = source.length();
      return;
    }
    char kind = source.charAt(open.start() + 1);
    char sign = open.end() < source.length() ? source.charAt(open.end()) : ' ';
    data(before(source.substring(at, open.start()), kind, sign), sign);
    at = open.end() + (sign == '-' || sign == '+' ? 1 : 0);
    switch (kind) {
      case '#' -> comment();
      case '{' -> {
        add(Kind.PRINT, "{{");
        inside('}');
      }
      default -> block();
    }
  }

  /// Blanks between the beginning of a line and a block are no text.
  private String before(String text, char kind, char sign) {
    if (kind == '{' || sign == '+' || sign == '-') {
      return text;
    }
    int from = text.lastIndexOf('\n') + 1;
    boolean begins = from > 0 || lineBegins;
    return begins && text.substring(from).chars().allMatch(c -> Text.blank((char) c))
        ? text.substring(0, from)
        : text;
  }

  private void data(String text, char sign) {
    var kept = sign == '-' ? Text.of(text).strip("", false, true).string() : text;
    if (!kept.isEmpty()) {
      add(Kind.DATA, kept);
    }
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw bad("a comment {# without its #}");
    }
    char sign = end > at ? source.charAt(end - 1) : ' ';
    at = end + 2;
    closed(sign, true);
  }

  private void block() {
    var raw = RAW.matcher(source).region(at, source.length());
    if (!raw.lookingAt()) {
      add(Kind.BLOCK, "{%");
      inside('%');
      return;
    }
    var end = END_RAW.matcher(source);
    if (!end.find(raw.end())) {
      throw bad("a {% raw %} without its {% endraw %}");
    }
    var sign = end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0);
    lineBegins = raw.group().endsWith("\n");
    data(before(source.substring(raw.end(), end.start()), '%', sign), sign);
    at = end.end();
    lineBegins = end.group().endsWith("\n");
  }

  /// What follows a closing tag and belongs to it.
  private void closed(char sign, boolean trim) {
    int from = at;
    if (sign == '-') {
      while (at < source.length() && Text.blank(source.charAt(at))) {
        at++;
      }
    } else if (trim && sign != '+' && source.startsWith("\n", at)) {
      at++;
    }
    lineBegins = at > from && source.charAt(at - 1) == '\n';
  }

  private void inside(char end) {
    int open = 0;
    while (true) {
      while (at < source.length() && Text.blank(source.charAt(at))) {
        at++;
      }
      if (at >= source.length()) {
        throw bad("a tag is not closed");
      }
      char c = source.charAt(at);
      boolean signed = c == '-' || (c == '+' && end == '%');
      if (open == 0 && source.startsWith(end + "}", at + (signed ? 1 : 0))) {
        at += signed ? 3 : 2;
        add(Kind.CLOSE, end + "}");
        closed(signed ? c : ' ', end == '%');
        return;
      }
      token(c);
      open += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
    }
  }

  private void token(char c) {
    if (c == '\'' || c == '"') {
      string(c);
    } else if (c >= '0' && c <= '9') {
      var number = NUMBER.matcher(source).region(at, source.length());
      boolean whole = number.lookingAt() && number.group(1) == null && number.group(2) == null;
      add(whole ? Kind.INT : Kind.FLOAT, number.group().replace("_", ""));
      at = number.end();
    } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      int from = at;
      while (at < source.length() && Character.isUnicodeIdentifierPart(source.charAt(at))) {
        at++;
      }
      add(Kind.NAME, source.substring(from, at));
    } else {
      var pair = source.substring(at, Math.min(at + 2, source.length()));
      var sign = PAIRS.contains(pair) ? pair : pair.substring(0, 1);
      if (sign.length() == 1 && "+-*/%~()[]{}.:|,<>=".indexOf(c) < 0) {
        throw bad("the character '%s' is not known".formatted(sign));
      }
      add(Kind.SIGN, sign);
      at += sign.length();
    }
  }

  private void string(char quote) {
    var text = new StringBuilder();
    int from = at++;
    while (at < source.length() && source.charAt(at) != quote) {
      char c = source.charAt(at++);
      if (c != '\\' || at == source.length()) {
        text.append(c);
      } else {
        escape(text, source.charAt(at++));
      }
    }
    if (at++ >= source.length()) {
      at = from;
      throw bad("a string is not closed");
    }
    add(Kind.STRING, text.toString());
  }

  private void escape(StringBuilder text, char c) {
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'f' -> text.append('\f');
      case 'b' -> text.append('\b');
      case '0' -> text.append('\0');
      case 'x' -> point(text, 2);
      case 'u' -> point(text, 4);
      case 'U' -> point(text, 8);
      case '\n' -> {}
      case '\\', '\'', '"' -> text.append(c);
      default -> text.append('\\').append(c);
    }
  }

  private void point(StringBuilder text, int digits) {
    try {
      text.appendCodePoint(
          Integer.parseInt(source, at, Math.min(at + digits, source.length()), 16));
      at += digits;
    } catch (IllegalArgumentException e) {
      throw bad("an escape in a string is no character");
    }
  }

  private void add(Kind kind, String text) {
    for (; counted < Math.min(at, source.length()); counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    out.add(new Token(kind, text, line));
  }

  private IllegalArgumentException bad(String what) {
    add(Kind.END, "");
    return Run.bad("line %d: %s".formatted(line, what));
  }
}
