package dev.sonde.sequence;

import dev.sonde.data.Conllu;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which model tokens a word stands for, by the characters of both.
public final class WordAlignment {
  private WordAlignment() {}

  /// Which of a word's tokens speak for it.
  public enum Subtoken {
    FIRST,
    LAST,
    /// The mean of all of them.
    MEAN;

    /// @throws BadInput for a name that is none
    public static Subtoken parse(String name) {
      return Arrays.stream(values())
          .filter(s -> s.name().toLowerCase(Locale.ROOT).equals(name))
          .findFirst()
          .orElseThrow(() ->
              new BadInput("'%s' is no subtoken; there are first, last and mean".formatted(name)));
    }

    /// The part of a place that is read.
    public TokenLabels.Place of(TokenLabels.Place place) {
      return switch (this) {
        case FIRST -> new TokenLabels.Place(place.text(), place.from(), place.from() + 1);
        case LAST -> new TokenLabels.Place(place.text(), place.to() - 1, place.to());
        case MEAN -> place;
      };
    }
  }

  /// For each word of text `text` the tokens that touch its characters; none where the tokenizer
  /// left it out or the text was cut before. Words of a multiword token that does not spell them
  /// share its tokens.
  public static List<Optional<TokenLabels.Place>> of(
      int text, Conllu.Sentence sentence, Tokens tokens) {
    var out = new ArrayList<Optional<TokenLabels.Place>>();
    for (var word : sentence.words()) {
      int first = -1;
      int last = -1;
      for (int t = 0; t < tokens.size(); t++) {
        boolean touches = tokens.from(t) < word.to() && tokens.to(t) > word.from();
        if (touches && !tokens.special(t)) {
          first = first < 0 ? t : first;
          last = t;
        }
      }
      out.add(
          first < 0 ? Optional.empty() : Optional.of(new TokenLabels.Place(text, first, last + 1)));
    }
    return out;
  }
}
