package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Words of plain text, for probes that were trained on the words of a treebank: runs of letters
/// and digits (with a hyphen or full stop between digits), a clitic after its apostrophe (`do`,
/// `n't`; `she`, `'s`), any other character for itself. A treebank's own rules may differ.
public record Words(List<String> strings, List<TokenLabels.Place> places) {
  private static final Pattern WORD =
      Pattern.compile(
          "\\d+(?:[.,:]\\d+)*|\\p{L}[\\p{L}\\p{N}]*?(?=n['\u2019]t\\b)|n['\u2019]t\\b|['\u2019]\\p{L}{1,2}\\b|[\\p{L}\\p{N}]+|\\S");

  public Words {
    strings = List.copyOf(strings);
    places = List.copyOf(places);
  }

  /// @throws BadInput if no token stands for a word
  public static Words of(int number, String text, Tokens tokens, WordAlignment.Subtoken subtoken) {
    var strings = new ArrayList<String>();
    var places = new ArrayList<TokenLabels.Place>();
    var found = WORD.matcher(text);
    while (found.find()) {
      int first = -1;
      int last = -1;
      for (int t = 0; t < tokens.size(); t++) {
        boolean touches = tokens.from(t) < found.end() && tokens.to(t) > found.start();
        if (touches && !tokens.special(t)) {
          first = first < 0 ? t : first;
          last = t;
        }
      }
      if (first < 0) {
        throw new BadInput(
            "text %d: no token stands for '%s'; was the text cut?"
                .formatted(number + 1, found.group()));
      }
      strings.add(found.group());
      places.add(subtoken.of(new TokenLabels.Place(number, first, last + 1)));
    }
    return new Words(strings, places);
  }

  /// A row a word, the mean over its tokens; the text's rows begin at `first`.
  public Matrix rows(Matrix all, int first) {
    int d = all.cols();
    var out = new double[places.size() * d];
    for (int i = 0; i < places.size(); i++) {
      var place = places.get(i);
      for (int t = place.from(); t < place.to(); t++) {
        for (int j = 0; j < d; j++) {
          out[i * d + j] += all.at(first + t, j) / (place.to() - place.from());
        }
      }
    }
    return Matrix.ofDoubles(places.size(), d, out);
  }
}
