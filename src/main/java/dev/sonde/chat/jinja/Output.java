package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Text as it is written: for each character the message it was taken from, and the message whose
/// turn it was.
public final class Output {
  private final StringBuilder text = new StringBuilder();
  private final List<int[]> generated = new ArrayList<>();
  private int[] origin = new int[64];
  private int[] turn = new int[64];

  void add(Run run, Text more) {
    run.room(more.length());
    int from = text.length();
    int to = from + more.length();
    if (to > origin.length) {
      int size = Math.max(to, origin.length * 2);
      origin = Arrays.copyOf(origin, size);
      turn = Arrays.copyOf(turn, size);
    }
    more.copyOrigin(origin, from);
    Arrays.fill(turn, from, to, run.message());
    text.append(more.string());
  }

  /// What was written since `from` is the model's own, says the template.
  void generated(int from) {
    generated.add(new int[] {from, text.length()});
  }

  int length() {
    return text.length();
  }

  Text text() {
    return Text.of(text, Arrays.copyOf(origin, text.length()));
  }

  public String string() {
    return text.toString();
  }

  public int origin(int character) {
    return origin[character];
  }

  public int turn(int character) {
    return turn[character];
  }

  public List<int[]> generated() {
    return List.copyOf(generated);
  }
}
