package dev.sonde.model;

import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Token ids of some texts, laid out without any padding: all tokens one after the other, texts of
/// equal length side by side.
///
/// What a text gives therefore cannot depend on the texts beside it except by rounding. The order
/// in which texts were handed in is kept in [#firstRow].
public final class Batch {
  /// Texts of one length: rows `first … first + texts * length`.
  public record Block(int first, int texts, int length) {
    int rows() {
      return texts * length;
    }
  }

  private final List<int[]> texts;
  private final List<Block> blocks;
  private final int[] order;
  private final int[] firstRow;
  private final int rows;
  private final List<float[]> images;

  private Batch(List<int[]> texts, int[] order, List<float[]> images) {
    this.texts = texts;
    this.images = images;
    this.order = order;
    firstRow = new int[texts.size()];
    blocks = new ArrayList<>();
    int row = 0;
    for (int i = 0; i < order.length; ) {
      int length = texts.get(order[i]).length;
      int from = i;
      int first = row;
      while (i < order.length && texts.get(order[i]).length == length) {
        firstRow[order[i++]] = row;
        row += length;
      }
      blocks.add(new Block(first, i - from, length));
    }
    rows = row;
  }

  /// @throws IllegalArgumentException for no text, or a text without tokens
  public static Batch of(List<int[]> texts) {
    if (texts.isEmpty() || texts.stream().anyMatch(ids -> ids.length == 0)) {
      throw new IllegalArgumentException(
          "a batch has at least one text, and a text at least one token");
    }
    var order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Batch(List.copyOf(texts), order, List.of());
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
        images.stream().map(float[]::clone).toList());
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

  public int longest() {
    return blocks.getLast().length();
  }

  /// The block that text `i` is in, and its place there.
  public int blockOf(int i) {
    for (int b = 0; b < blocks.size(); b++) {
      if (blocks.get(b).length() == length(i)) {
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
        out[firstRow[text] + i] = (long) i + offset;
      }
    }
    return Tensor.of(out, rows);
  }
}
