package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.token.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Texts of different lengths, a row a token: what `activation` captures at the position `all`.
///
/// Row `first(i) + t` is token t of text i. A mask says which tokens count (special tokens, a
/// template's tokens and padding do not); a probe never looks at the others, whatever they hold.
public final class Sequences {
  private final Matrix rows;
  private final int[] first;
  private final boolean[] counts;

  private Sequences(Matrix rows, int[] first, boolean[] counts) {
    this.rows = rows;
    this.first = first;
    this.counts = counts;
  }

  /// Texts one after the other, so many rows each; every token counts.
  ///
  /// @throws IllegalArgumentException if the lengths do not add up to the rows
  public static Sequences of(Matrix rows, int... lengths) {
    var first = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 0) {
        throw new IllegalArgumentException("a text has 0 tokens or more, not " + lengths[i]);
      }
      first[i + 1] = first[i] + lengths[i];
    }
    if (first[lengths.length] != rows.rows()) {
      throw new IllegalArgumentException(
          "texts of %d tokens in all do not fit %d rows"
              .formatted(first[lengths.length], rows.rows()));
    }
    var counts = new boolean[rows.rows()];
    Arrays.fill(counts, true);
    return new Sequences(rows, first, counts);
  }

  /// The rows of tokenised texts; tokens that the tokenizer added do not count.
  public static Sequences of(Matrix rows, List<Tokens> texts) {
    var all = of(rows, texts.stream().mapToInt(Tokens::size).toArray());
    return all.keeping((text, token) -> !texts.get(text).special(token));
  }

  /// Says of a token whether it counts.
  @FunctionalInterface
  public interface Mask {
    boolean counts(int text, int token);
  }

  /// Of the tokens that count, those that the mask lets through.
  public Sequences keeping(Mask mask) {
    var out = counts.clone();
    for (int i = 0; i < texts(); i++) {
      for (int t = 0; t < length(i); t++) {
        out[first[i] + t] &= mask.counts(i, t);
      }
    }
    return new Sequences(rows, first, out);
  }

  /// Only the last `k` tokens that count of every text.
  public Sequences last(int k) {
    var out = new boolean[counts.length];
    for (int i = 0; i < texts(); i++) {
      var own = tokens(i);
      for (int t = Math.max(0, own.length - k); t < own.length; t++) {
        out[own[t]] = true;
      }
    }
    return new Sequences(rows, first, out);
  }

  /// Some texts, in the order given.
  public Sequences select(int[] texts) {
    var which =
        Arrays.stream(texts).flatMap(i -> IntStream.range(first[i], first[i + 1])).toArray();
    var lengths = Arrays.stream(texts).map(this::length).toArray();
    var out = of(rows.select(which), lengths);
    for (int r = 0; r < which.length; r++) {
      out.counts[r] = counts[which[r]];
    }
    return out;
  }

  public int texts() {
    return first.length - 1;
  }

  public int width() {
    return rows.cols();
  }

  /// All rows, those that do not count too.
  public Matrix rows() {
    return rows;
  }

  /// Tokens of a text, those that do not count too.
  public int length(int text) {
    return first[text + 1] - first[text];
  }

  public boolean counts(int row) {
    return counts[row];
  }

  /// The rows of the tokens of a text that count, in order.
  public int[] tokens(int text) {
    return IntStream.range(first[text], first[text + 1]).filter(r -> counts[r]).toArray();
  }

  /// Only the rows that count, so that nothing else is ever read.
  ///
  /// @throws dev.sonde.io.BadInput if a text has none
  Sequences packed() {
    var which = IntStream.range(0, counts.length).filter(r -> counts[r]).toArray();
    var lengths = new int[texts()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = tokens(i).length;
      if (lengths[i] == 0) {
        throw new dev.sonde.io.BadInput(
            "text %d has no token that counts; leave it out or widen the mask".formatted(i));
      }
    }
    return of(rows.select(which), lengths);
  }

  /// Where a text's rows begin.
  int first(int text) {
    return first[text];
  }
}
