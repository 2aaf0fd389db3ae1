package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.token.Pixels;
import dev.sonde.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What a text shows without a model: how long it is, which words it holds; what an image shows.
final class Surface {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}']+|[^\\s\\p{L}\\p{N}]");
  private static final int GRID = 16;
  private static final int MOST = 4096;
  private static final int MOST_RUNS = 2048;

  private Surface() {}

  /// Characters and words of each text.
  static Matrix lengths(List<String> texts) {
    var out = new double[texts.size() * 2];
    for (int i = 0; i < texts.size(); i++) {
      out[2 * i] = texts.get(i).length();
      out[2 * i + 1] = words(texts.get(i)).size();
    }
    return Matrix.ofDoubles(texts.size(), 2, out);
  }

  /// Which words and pairs of neighbouring words a text holds, of those that occur in at least two
  /// texts (the most frequent 4,096): 0 or 1 each. No labels are looked at.
  static Matrix wordsAndPairs(List<String> texts) {
    return present(texts.stream().map(Surface::terms).toList(), MOST);
  }

  /// Which runs of 3 to 5 characters a text holds (letters in lower case, spaces and ends of the
  /// text included), of those that occur in at least two texts: the most frequent 2,048.
  static Matrix ngrams(List<String> texts) {
    return present(texts.stream().map(Surface::runs).toList(), MOST_RUNS);
  }

  private static Matrix present(List<Set<String>> perText, int most) {
    var counts = new HashMap<String, Integer>();
    perText.forEach(terms -> terms.forEach(t -> counts.merge(t, 1, Integer::sum)));
    var kept =
        counts.entrySet().stream()
            .filter(e -> e.getValue() > 1 && e.getValue() < perText.size())
            .sorted(
                Comparator.comparingInt((Map.Entry<String, Integer> e) -> -e.getValue())
                    .thenComparing(Map.Entry::getKey))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList();
    var column = new HashMap<String, Integer>();
    kept.forEach(t -> column.put(t, column.size()));
    int width = Math.max(1, kept.size());
    var out = new float[perText.size() * width];
    for (int i = 0; i < perText.size(); i++) {
      for (var term : perText.get(i)) {
        var j = column.get(term);
        if (j != null) {
          out[i * width + j] = 1;
        }
      }
    }
    return Matrix.ofFloats(perText.size(), width, out);
  }

  private static Set<String> runs(String text) {
    var whole = " " + text.toLowerCase(Locale.ROOT).strip() + " ";
    var out = new HashSet<String>();
    for (int length = 3; length <= 5; length++) {
      for (int i = 0; i + length <= whole.length(); i++) {
        out.add(whole.substring(i, i + length));
      }
    }
    return out;
  }

  private static Set<String> terms(String text) {
    var words = words(text);
    var out = new HashSet<>(words);
    for (int i = 1; i < words.size(); i++) {
      out.add(words.get(i - 1) + " " + words.get(i));
    }
    return out;
  }

  private static List<String> words(String text) {
    var found = new ArrayList<String>();
    var matcher = WORD.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  /// How many bytes each image's file has.
  static Matrix fileSizes(List<Tokens> images) {
    var out = images.stream().mapToDouble(t -> bytes(image(t).file())).toArray();
    return Matrix.ofDoubles(out.length, 1, out);
  }

  private static double bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  /// Images as the network takes them, averaged over a grid of at most 16 x 16 cells a channel.
  static Matrix pixels(List<Tokens> images) {
    var first = image(images.getFirst());
    int down = Math.min(GRID, first.height());
    int across = Math.min(GRID, first.width());
    int each = first.channels() * down * across;
    var out = new double[images.size() * each];
    for (int i = 0; i < images.size(); i++) {
      average(image(images.get(i)), down, across, out, i * each);
    }
    return Matrix.ofDoubles(images.size(), each, out);
  }

  private static void average(Pixels image, int down, int across, double[] out, int from) {
    var numbers = image.numbers();
    int height = image.height();
    int width = image.width();
    for (int row = 0; row < image.channels() * height; row++) {
      int top = row % height * down / height;
      int at = from + (row / height * down + top) * across;
      for (int x = 0; x < width; x++) {
        int left = x * across / width;
        out[at + left] +=
            (double) numbers[row * width + x]
                / (inCell(top, height, down) * inCell(left, width, across));
      }
    }
  }

  /// How many of `n` rows cell `i` of `parts` has.
  private static int inCell(int i, int n, int parts) {
    return Math.ceilDiv((i + 1) * n, parts) - Math.ceilDiv(i * n, parts);
  }

  private static Pixels image(Tokens tokens) {
    return tokens.image().orElseThrow();
  }

  /// True if every row is the same, so that there is nothing to probe.
  static boolean constant(Matrix x) {
    for (int j = 0; j < x.cols(); j++) {
      for (int i = 1; i < x.rows(); i++) {
        if (x.at(i, j) != x.at(0, j)) {
          return false;
        }
      }
    }
    return true;
  }
}
