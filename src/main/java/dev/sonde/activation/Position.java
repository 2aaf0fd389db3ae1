package dev.sonde.activation;

import dev.sonde.io.BadInput;
import dev.sonde.token.Tokens;
import java.util.stream.IntStream;

/// Where in a text activations are read. Tokens that the tokenizer added around the text ([CLS],
/// [SEP], `<s>`) count as text only where said so. In an image the class token is the first, and
/// the mean is over all tokens, the class token among them; no patch is the last.
public sealed interface Position {
  /// The last token of the text itself.
  record Last() implements Position {}

  /// The first token of the text itself.
  record First() implements Position {}

  /// The very first token of the sequence: [CLS] or `<s>` where the tokenizer adds one.
  record Cls() implements Position {}

  /// The very last token of the sequence: [SEP] where the tokenizer adds one.
  record Final() implements Position {}

  /// The mean over the tokens of the text itself.
  record Mean() implements Position {}

  /// The mean over the tokens that touch the characters `from` (inclusive) to `to` (exclusive).
  record Span(int from, int to) implements Position {
    public Span {
      if (from < 0 || to <= from) {
        throw new BadInput(
            "a span runs from a character to a later one, not from %d to %d".formatted(from, to));
      }
    }
  }

  /// Every token, a row each.
  record All() implements Position {}

  /// @throws BadInput for a name that is none
  static Position parse(String name) {
    return switch (name) {
      case "last" -> new Last();
      case "first" -> new First();
      case "cls" -> new Cls();
      case "final" -> new Final();
      case "mean" -> new Mean();
      case "all" -> new All();
      default -> {
        var parts = name.startsWith("span:") ? name.substring(5).split("-") : new String[0];
        if (parts.length == 2 && parts[0].matches("\\d{1,9}") && parts[1].matches("\\d{1,9}")) {
          yield new Span(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
        throw new BadInput(
            "'%s' is no position; positions are last, first, cls, final, mean, all and span:FROM-TO (characters, as in span:12-20)"
                .formatted(name));
      }
    };
  }

  /// The name that [#parse] reads.
  default String brief() {
    return switch (this) {
      case Last() -> "last";
      case First() -> "first";
      case Cls() -> "cls";
      case Final() -> "final";
      case Mean() -> "mean";
      case All() -> "all";
      case Span(int from, int to) -> "span:%d-%d".formatted(from, to);
    };
  }

  /// The tokens read: averaged to one row, or for [All] a row each.
  ///
  /// @throws BadInput if the text has no such token
  default int[] tokens(Tokens text) {
    mustSuit(text);
    var inText = IntStream.range(0, text.size()).filter(i -> !text.special(i)).toArray();
    var found =
        switch (this) {
          case Last() -> inText.length == 0 ? inText : new int[] {inText[inText.length - 1]};
          case First() -> inText.length == 0 ? inText : new int[] {inText[0]};
          case Cls() -> text.size() == 0 ? inText : new int[] {0};
          case Final() -> text.size() == 0 ? inText : new int[] {text.size() - 1};
          case Mean() -> inText;
          case All() -> IntStream.range(0, text.size()).toArray();
          case Span(int from, int to) ->
              IntStream.of(inText).filter(i -> text.from(i) < to && text.to(i) > from).toArray();
        };
    if (found.length == 0) {
      throw new BadInput(
          "a text of %d tokens has none at position %s".formatted(text.size(), brief()));
    }
    return found;
  }

  private void mustSuit(Tokens text) {
    boolean any =
        switch (this) {
          case First _, Cls _, Mean _, All _ -> true;
          case Last _, Final _, Span _ -> false;
        };
    if (text.image().isPresent() && !any) {
      throw new BadInput(
          "an image has no position %s; first (the class token), mean and all are"
              .formatted(brief()));
    }
  }

  /// How many rows a text gives.
  default int rows(Tokens text) {
    return this instanceof All ? text.size() : 1;
  }
}
