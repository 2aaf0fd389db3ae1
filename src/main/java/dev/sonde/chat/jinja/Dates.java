package dev.sonde.chat.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Python's `strftime`, in English, as far as templates use it.
final class Dates {
  private Dates() {}

  static String format(LocalDateTime time, String format) {
    var out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      if (format.charAt(i) != '%' || i + 1 == format.length()) {
        out.append(format.charAt(i));
        continue;
      }
      boolean unpadded = format.charAt(++i) == '-' && i + 1 < format.length();
      var field = field(time, unpadded ? format.charAt(++i) : format.charAt(i));
      out.append(unpadded ? field.replaceFirst("^0(?=\\d)", "") : field);
    }
    return out.toString();
  }

  private static String field(LocalDateTime time, char letter) {
    var pattern =
        switch (letter) {
          case 'd' -> "dd";
          case 'm' -> "MM";
          case 'y' -> "yy";
          case 'Y' -> "yyyy";
          case 'b' -> "MMM";
          case 'B' -> "MMMM";
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case 'p' -> "a";
          case 'j' -> "DDD";
          case '%' -> "'%'";
          default -> throw Run.bad("strftime_now's %%%c is not known here".formatted(letter));
        };
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
  }
}
