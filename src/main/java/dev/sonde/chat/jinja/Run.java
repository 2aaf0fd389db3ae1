package dev.sonde.chat.jinja;

import dev.sonde.io.BadInput;
import java.util.List;

/// One rendering: its output and what it may still spend.
///
/// A template comes from a stranger. It can be slow or large only up to these bounds.
public final class Run {
  static final int DEEPEST = 300;
  private static final long MOST_STEPS = 2_000_000;
  private static final long MOST_CHARACTERS = 64L << 20;

  private final Output page = new Output();
  private long steps;
  private long characters;
  private int depth;
  private int message = Text.TEMPLATE;

  static BadInput bad(String what) {
    return new BadInput("the chat template cannot be used: " + what);
  }

  void step(long count) {
    steps += count;
    if (steps > MOST_STEPS) {
      throw bad("it does not end within %,d steps".formatted(MOST_STEPS));
    }
  }

  /// Asks for room before anything of that size is made.
  void room(long count) {
    step(1);
    characters = Math.addExact(characters, count);
    if (characters > MOST_CHARACTERS) {
      throw bad("it makes more than %,d characters".formatted(MOST_CHARACTERS));
    }
  }

  Text join(List<Text> parts) {
    long length = parts.stream().mapToLong(Text::length).sum();
    room(length + parts.size());
    return Text.join(parts);
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw bad("it nests or calls itself more than %d deep".formatted(DEEPEST));
    }
  }

  void leave() {
    depth--;
  }

  /// The message whose turn it is in a loop over the conversation.
  int message() {
    return message;
  }

  void message(int number) {
    message = number;
  }

  public Output page() {
    return page;
  }
}
