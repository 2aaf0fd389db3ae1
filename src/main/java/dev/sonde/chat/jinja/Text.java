package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A string of which every character knows the message it was taken from, or that the template
/// wrote it.
///
/// Whatever cuts, trims or joins texts keeps that knowledge, so that a message is found in the
/// rendered conversation even where the template changed it.
public final class Text implements Value {
  public static final int TEMPLATE = -1;
  private static final int[] PLAIN = {};
  static final Text EMPTY = new Text("", PLAIN);

  private final String string;

  /// One message per character; empty when the template wrote them all.
  private final int[] origin;

  private Text(String string, int[] origin) {
    this.string = string;
    this.origin = origin;
  }

  public static Text of(String string) {
    return new Text(string, PLAIN);
  }

  public static Text of(String string, int message) {
    var origin = new int[string.length()];
    Arrays.fill(origin, message);
    return new Text(string, origin);
  }

  static Text of(CharSequence string, int[] origin) {
    boolean plain = Arrays.stream(origin).allMatch(o -> o == TEMPLATE);
    return new Text(string.toString(), plain ? PLAIN : origin);
  }

  public String string() {
    return string;
  }

  public int origin(int character) {
    return origin.length == 0 ? TEMPLATE : origin[character];
  }

  int length() {
    return string.length();
  }

  boolean plain() {
    return origin.length == 0;
  }

  void copyOrigin(int[] to, int at) {
    if (plain()) {
      Arrays.fill(to, at, at + length(), TEMPLATE);
    } else {
      System.arraycopy(origin, 0, to, at, length());
    }
  }

  Text cut(int from, int to) {
    return new Text(
        string.substring(from, to), plain() ? PLAIN : Arrays.copyOfRange(origin, from, to));
  }

  static Text join(List<Text> parts) {
    int length = 0;
    boolean plain = true;
    for (var part : parts) {
      length = Math.addExact(length, part.length());
      plain &= part.plain();
    }
    var all = new StringBuilder(length);
    var origin = plain ? PLAIN : new int[length];
    for (var part : parts) {
      if (!plain) {
        part.copyOrigin(origin, all.length());
      }
      all.append(part.string);
    }
    return new Text(all.toString(), origin);
  }

  /// The same characters otherwise written; where the length changes, all are the first's.
  Text spelt(String other) {
    if (plain() || other.length() == length()) {
      return new Text(other, plain() ? PLAIN : origin);
    }
    return of(other, Arrays.stream(origin).max().orElse(TEMPLATE));
  }

  Text strip(String set, boolean left, boolean right) {
    int from = 0;
    int to = length();
    while (left && from < to && in(set, string.charAt(from))) {
      from++;
    }
    while (right && to > from && in(set, string.charAt(to - 1))) {
      to--;
    }
    return cut(from, to);
  }

  private static boolean in(String set, char c) {
    return set.isEmpty() ? blank(c) : set.indexOf(c) >= 0;
  }

  /// What Python takes for a blank.
  static boolean blank(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /// The pieces between `separator`; at most `most` cuts, from the right if so asked.
  List<Text> split(String separator, long most, boolean fromRight) {
    var out = new ArrayList<Text>();
    if (fromRight) {
      int to = length();
      int found = string.lastIndexOf(separator);
      while (found >= 0 && out.size() < most) {
        out.addFirst(cut(found + separator.length(), to));
        to = found;
        found = to >= separator.length() ? before(separator, to) : -1;
      }
      out.addFirst(cut(0, to));
      return out;
    }
    int from = 0;
    int found = string.indexOf(separator);
    while (found >= 0 && out.size() < most) {
      out.add(cut(from, found));
      from = found + separator.length();
      found = string.indexOf(separator, from);
    }
    out.add(cut(from, length()));
    return out;
  }

  private int before(String separator, int to) {
    return string.lastIndexOf(separator, to - separator.length());
  }

  /// The words between blanks; at most `most` cuts.
  List<Text> words(long most) {
    var out = new ArrayList<Text>();
    int at = 0;
    while (true) {
      while (at < length() && blank(string.charAt(at))) {
        at++;
      }
      if (at == length()) {
        return out;
      }
      int from = at;
      if (out.size() == most) {
        out.add(cut(from, length()).strip("", false, true));
        return out;
      }
      while (at < length() && !blank(string.charAt(at))) {
        at++;
      }
      out.add(cut(from, at));
    }
  }

  /// One text for each code point.
  List<Text> points() {
    var out = new ArrayList<Text>();
    for (int at = 0; at < length(); ) {
      int next = at + Character.charCount(string.codePointAt(at));
      out.add(cut(at, next));
      at = next;
    }
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Text text && string.equals(text.string);
  }

  @Override
  public int hashCode() {
    return string.hashCode();
  }

  @Override
  public String toString() {
    return string;
  }
}
