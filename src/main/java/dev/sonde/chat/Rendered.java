package dev.sonde.chat;

import dev.sonde.token.Tokens;
import java.util.List;
import java.util.function.IntPredicate;

/// A conversation as text, and whose each part is.
///
/// `generated` are the template's own `{% generation %}` spans, if it has any. `prompt` is the
/// beginning of the assistant's next turn at the end of the text, empty if there is none.
public record Rendered(String text, List<Turn> turns, List<Span> generated, Span prompt) {
  public Rendered {
    turns = List.copyOf(turns);
    generated = List.copyOf(generated);
  }

  /// Where one role speaks, in order.
  public List<Span> contentOf(String role) {
    return turns.stream()
        .filter(t -> t.role().equals(role))
        .flatMap(t -> t.content().stream())
        .toList();
  }

  /// For each token the message it was taken from, or −1 for the template's own.
  ///
  /// A token that reaches over the edge of a message belongs to that message. A token of blanks has
  /// an empty span where it ends, since tokenizers leave blanks out of spans; it goes with the
  /// character before that place.
  public int[] messageOf(Tokens tokens) {
    var out = new int[tokens.size()];
    for (int i = 0; i < out.length; i++) {
      int to = tokens.to(i);
      int from = Math.min(tokens.from(i), Math.max(0, to - 1));
      out[i] = first(m -> turns.get(m).content().stream().anyMatch(s -> s.overlaps(from, to)));
    }
    return out;
  }

  private int first(IntPredicate wanted) {
    for (int m = 0; m < turns.size(); m++) {
      if (wanted.test(m)) {
        return m;
      }
    }
    return -1;
  }

  /// True for the tokens of one role's contents: "assistant only".
  public boolean[] mask(Tokens tokens, String role) {
    int[] of = messageOf(tokens);
    var out = new boolean[of.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = of[i] >= 0 && turns.get(of[i]).role().equals(role);
    }
    return out;
  }
}
