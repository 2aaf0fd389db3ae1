package dev.sonde.model;

import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Token ids of some texts, laid out without any padding: all tokens one after the other, texts of
/// equal length side by side.
///
/// What a text gives therefore cannot depend on the texts beside it except by rounding. The order
/// in which texts were handed in is kept in [#firstRow].
public final class Batch {
  /// Texts of one length that follow as many tokens read before (`past`, see [Cache]): rows `first
  /// … first + texts * length`.
  public record Block(int first, int texts, int length, int past) {
    int rows() {
      return texts * length;
    }

    /// Tokens of a text, those read before and the new ones.
    int total() {
      return past + length;
    }
  }

  private final List<int[]> texts;
  private final List<Block> blocks;
  private final int[] order;
  private final int[] firstRow;
  private final int rows;
  private final List<float[]> images;
  private final List<Cache> caches;
  private final int[] past;
  private boolean alike;
  private volatile boolean turnedOtherwise;

  private Batch(List<int[]> texts, int[] order, List<float[]> images, List<Cache> caches) {
    this.texts = texts;
    this.images = images;
    this.order = order;
    this.caches = caches;
    past =
        caches.isEmpty()
            ? new int[texts.size()]
            : caches.stream().mapToInt(Cache::length).toArray();
    firstRow = new int[texts.size()];
    blocks = new ArrayList<>();
    int row = 0;
    for (int i = 0; i < order.length; ) {
      int length = texts.get(order[i]).length;
      int before = past[order[i]];
      int from = i;
      int first = row;
      while (i < order.length && texts.get(order[i]).length == length && past[order[i]] == before) {
        firstRow[order[i++]] = row;
        row += length;
      }
      blocks.add(new Block(first, i - from, length, before));
    }
    rows = row;
  }

  /// @throws IllegalArgumentException for no text, or a text without tokens
  public static Batch of(List<int[]> texts) {
    return after(List.of(), texts);
  }

  /// Texts that go on behind what a cache each has read; a run adds them to the caches, so that it
  /// can be made once.
  public static Batch after(List<Cache> caches, List<int[]> texts) {
    if (!caches.isEmpty() && Set.copyOf(caches).size() != texts.size()) {
      throw new IllegalArgumentException("every text that goes on needs a cache of its own");
    }
    if (texts.isEmpty() || texts.stream().anyMatch(ids -> ids.length == 0)) {
      throw new IllegalArgumentException(
          "a batch has at least one text, and a text at least one token");
    }
    var order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(i -> texts.get(i).length)
                    .thenComparingInt(i -> caches.isEmpty() ? 0 : caches.get(i).length()))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Batch(List.copyOf(texts), order, List.of(), List.copyOf(caches));
  }

  /// Images of one size, each of which a network reads as `tokens` tokens; their numbers as the
  /// network takes them, channel by channel.
  public static Batch ofImages(List<float[]> images, int tokens) {
    var texts = images.stream().map(i -> new int[tokens]).toList();
    if (texts.isEmpty() || images.stream().anyMatch(i -> i.length != images.getFirst().length)) {
      throw new IllegalArgumentException("a batch has at least one image, and all are of one size");
    }
    return new Batch(
        texts,
        IntStream.range(0, texts.size()).toArray(),
        images.stream().map(float[]::clone).toList(),
        List.of());
  }

  /// `[image, channel, height, width]`.
  ///
  /// @throws IllegalArgumentException for a batch of texts, or images of another size
  public Tensor images(int channels, int height, int width) {
    int each = channels * height * width;
    if (images.isEmpty() || images.getFirst().length != each) {
      throw new IllegalArgumentException(
          "this network reads images of %d x %d x %d numbers".formatted(channels, height, width));
    }
    var out = new float[Math.multiplyExact(images.size(), each)];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i), 0, out, i * each, each);
    }
    return Tensor.of(out, images.size(), channels, height, width);
  }

  /// The same, but every text is turned as the longest one is where a rotary position depends on
  /// the length: what the reference library does with a batch.
  Batch alike() {
    alike = true;
    return this;
  }

  /// The length by which the texts of a block are turned.
  int turnedAs(Block block) {
    return alike ? longest() : block.total();
  }

  /// Says that a text was turned otherwise than it would have been by itself.
  void turnedOtherwise(boolean so) {
    turnedOtherwise |= so;
  }

  /// Whether any text was.
  boolean isTurnedOtherwise() {
    return turnedOtherwise;
  }

  public int size() {
    return texts.size();
  }

  /// Tokens of all texts together.
  public int rows() {
    return rows;
  }

  public List<Block> blocks() {
    return List.copyOf(blocks);
  }

  /// The row of the first token of text `i`.
  public int firstRow(int i) {
    return firstRow[i];
  }

  public int length(int i) {
    return texts.get(i).length;
  }

  /// The tokens of the longest text, those read before among them.
  public int longest() {
    return blocks.stream().mapToInt(Block::total).max().orElseThrow();
  }

  /// Tokens of text `i`, those that its cache had read before and the new ones.
  public int total(int i) {
    return past[i] + length(i);
  }

  /// Tokens of text `i` that its cache had read before.
  public int past(int i) {
    return past[i];
  }

  /// One for each text, or none at all.
  List<Cache> caches() {
    return caches;
  }

  /// Those of the texts of one block, in the order of its rows.
  List<Cache> caches(Block block) {
    if (caches.isEmpty()) {
      return List.of();
    }
    return Arrays.stream(order)
        .filter(i -> firstRow[i] >= block.first() && firstRow[i] < block.first() + block.rows())
        .mapToObj(caches::get)
        .toList();
  }

  /// Whether no cache has read more since.
  boolean fresh() {
    return IntStream.range(0, caches.size()).allMatch(i -> caches.get(i).length() == past[i]);
  }

  /// Says that the new tokens were read.
  void read() {
    for (int i = 0; i < caches.size(); i++) {
      caches.get(i).grow(length(i));
    }
  }

  /// The block that text `i` is in, and its place there.
  public int blockOf(int i) {
    for (int b = 0; b < blocks.size(); b++) {
      var block = blocks.get(b);
      if (firstRow[i] >= block.first() && firstRow[i] < block.first() + block.rows()) {
        return b;
      }
    }
    throw new IllegalStateException("text " + i + " is in no block");
  }

  public int placeInBlock(int i) {
    return (firstRow[i] - blocks.get(blockOf(i)).first()) / length(i);
  }

  /// `[token]`, INT64.
  public Tensor ids() {
    var out = new long[rows];
    for (int text : order) {
      int row = firstRow[text];
      for (int id : texts.get(text)) {
        out[row++] = id;
      }
    }
    return Tensor.of(out, rows);
  }

  /// The position of every token in its text, plus `offset`: `[token]`, INT64.
  public Tensor positions(int offset) {
    var out = new long[rows];
    for (int text : order) {
      for (int i = 0; i < length(text); i++) {
        out[firstRow[text] + i] = (long) past[text] + i + offset;
      }
    }
    return Tensor.of(out, rows);
  }
}
