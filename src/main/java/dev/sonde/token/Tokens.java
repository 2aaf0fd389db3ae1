package dev.sonde.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A text cut into tokens: ids, their strings, and where in the text each stands. Or an image cut
/// into patches, the class token before them, where the ids say nothing.
///
/// Spans count Java's characters (UTF-16 units) of the original text, `from` inclusive, `to`
/// exclusive. Special tokens that the tokenizer added ([CLS], `<s>`) have the empty span 0–0.
public final class Tokens {
  private final int[] ids;
  private final List<String> strings;
  private final int[] from;
  private final int[] to;
  private final boolean[] special;
  private final Optional<Pixels> image;

  Tokens(int[] ids, List<String> strings, int[] from, int[] to, boolean[] special) {
    this(ids, strings, from, to, special, Optional.empty());
  }

  private Tokens(
      int[] ids,
      List<String> strings,
      int[] from,
      int[] to,
      boolean[] special,
      Optional<Pixels> image) {
    this.ids = ids;
    this.strings = List.copyOf(strings);
    this.from = from;
    this.to = to;
    this.special = special;
    this.image = image;
  }

  /// Ids from elsewhere, without a text: every token counts as text, spans are empty.
  public static Tokens ofIds(int... ids) {
    var strings = java.util.Arrays.stream(ids).mapToObj(Integer::toString).toList();
    return new Tokens(
        ids.clone(), strings, new int[ids.length], new int[ids.length], new boolean[ids.length]);
  }

  /// An image that a network reads as a class token and `down x across` patches, by rows. All of
  /// them count as content; patches are called `row,column`.
  public static Tokens ofImage(Pixels image, int down, int across) {
    var names = new ArrayList<>(List.of("[CLS]"));
    for (int i = 0; i < down * across; i++) {
      names.add(i / across + "," + i % across);
    }
    int n = names.size();
    return new Tokens(
        new int[n], names, new int[n], new int[n], new boolean[n], Optional.of(image));
  }

  /// Empty for a text.
  public Optional<Pixels> image() {
    return image;
  }

  public int size() {
    return ids.length;
  }

  public int[] ids() {
    return ids.clone();
  }

  /// The token as the vocabulary spells it.
  public String string(int i) {
    return strings.get(i);
  }

  public int from(int i) {
    return from[i];
  }

  public int to(int i) {
    return to[i];
  }

  /// True for a token that the tokenizer added to the text.
  public boolean special(int i) {
    return special[i];
  }

  /// The first `length` tokens; special tokens at the end stay at the end.
  public Tokens truncated(int length) {
    if (length >= size()) {
      return this;
    }
    int tail = 0;
    while (tail < size() && special[size() - 1 - tail]) {
      tail++;
    }
    if (tail >= length) {
      throw new IllegalArgumentException("no room for text in " + length + " tokens");
    }
    var keep = new int[length];
    for (int i = 0; i < length; i++) {
      keep[i] = i < length - tail ? i : size() - (length - i);
    }
    return picked(keep);
  }

  private Tokens picked(int[] keep) {
    int n = keep.length;
    var newIds = new int[n];
    var newFrom = new int[n];
    var newTo = new int[n];
    var newSpecial = new boolean[n];
    for (int i = 0; i < n; i++) {
      newIds[i] = ids[keep[i]];
      newFrom[i] = from[keep[i]];
      newTo[i] = to[keep[i]];
      newSpecial[i] = special[keep[i]];
    }
    var names = java.util.Arrays.stream(keep).mapToObj(strings::get).toList();
    return new Tokens(newIds, names, newFrom, newTo, newSpecial);
  }
}
