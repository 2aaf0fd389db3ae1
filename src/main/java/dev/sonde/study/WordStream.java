package dev.sonde.study;

import dev.sonde.token.Tokenizer;
import java.util.Arrays;
import java.util.function.Consumer;

/// Tokens as they come, handed on as words: whole characters only, since a token may end within
/// one.
final class WordStream {
  private static final char UNFINISHED = '\uFFFD';

  private final Tokenizer tokenizer;
  private final Consumer<String> words;
  private int[] ids;
  private String said = "";

  /// `ids`: what is said first.
  WordStream(Tokenizer tokenizer, int[] ids, Consumer<String> words) {
    this.tokenizer = tokenizer;
    this.ids = ids;
    this.words = words;
  }

  void add(int id) {
    if (said.isEmpty() && ids.length > 0) {
      say(tokenizer.decode(ids));
    }
    ids = Arrays.copyOf(ids, ids.length + 1);
    ids[ids.length - 1] = id;
    say(tokenizer.decode(ids));
  }

  private void say(String whole) {
    if (whole.startsWith(said) && whole.indexOf(UNFINISHED, said.length()) < 0) {
      finish(whole);
    }
  }

  void finish(String whole) {
    if (whole.startsWith(said) && whole.length() > said.length()) {
      words.accept(whole.substring(said.length()));
      said = whole;
    }
  }
}
