package dev.sonde.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// Small pieces of a page; everything that comes from outside is escaped.
final class Html {
  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("{{", "&#123;&#123;");
  }

  static String capital(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  static String number(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }

  /// A chart's place, with what it shows in words; both already escaped.
  static String figure(String id, String summary, String caption) {
    return "<figure><div class=chart id=%s role=img aria-label=\"%s\"></div><figcaption>%s</figcaption></figure>"
        .formatted(id, summary, caption);
  }

  /// A table that scrolls sideways by itself. Cells are HTML; the first of a row names it.
  static String table(String caption, List<String> head, List<List<String>> rows, int marked) {
    var out = new StringBuilder();
    out.append("<div class=scroll tabindex=0 role=region aria-label=\"")
        .append(caption)
        .append("\">");
    out.append("<table><caption>").append(caption).append("</caption><thead><tr>");
    for (int j = 0; j < head.size(); j++) {
      out.append(j == 0 ? "<th scope=col class=text>" : "<th scope=col>")
          .append(head.get(j))
          .append("</th>");
    }
    out.append("</tr></thead><tbody>");
    for (int i = 0; i < rows.size(); i++) {
      out.append(i == marked ? "<tr class=best>" : "<tr>");
      var row = rows.get(i);
      out.append("<th scope=row>").append(row.getFirst()).append("</th>");
      for (var cell : row.subList(1, row.size())) {
        out.append(cell.startsWith("<td") ? cell : "<td>" + cell).append("</td>");
      }
      out.append("</tr>");
    }
    return out.append("</tbody></table></div>").toString();
  }

  /// What is shipped beside the pages.
  static String resource(String name) {
    try (var in = Objects.requireNonNull(Html.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
