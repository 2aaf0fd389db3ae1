package dev.sonde.study;

import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.model.Batch;
import dev.sonde.model.Generator;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.token.Tokens;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What a network itself says next, or in place of [MASK]: the quickest check that it is the one
/// meant.
public final class Prediction {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  private final OpenModel open;

  public Prediction(OpenModel open) {
    this.open = open;
    if (!open.model().points().contains(LOGITS)) {
      throw new BadInput(
          "%s has no vocabulary head (its file holds none), so it predicts no words"
              .formatted(open.name()));
    }
  }

  /// A token of the vocabulary with its probability.
  public record Choice(String token, double probability) {}

  /// The likeliest tokens in place of the text's first [MASK], or after its end.
  public List<Choice> top(String text, int count) {
    var tokens = open.tokenizer().encode(text);
    var all = probabilities(tokens.ids(), place(tokens));
    return IntStream.range(0, all.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -all[i]))
        .limit(count)
        .map(i -> new Choice(open.tokenizer().decode(new int[] {i}), all[i]))
        .toList();
  }

  /// The text continued by the likeliest token, again and again, up to the model's own end.
  ///
  /// @throws BadInput if the network sees both sides of a token and so continues nothing
  public String greedy(String text, int count) {
    var plain = Generator.Settings.DEFAULT;
    var settings =
        new Generator.Settings(count, plain.sampling(), plain.seed(), open.model().stops());
    return new Continuation(open, settings).of(text, piece -> {}).text();
  }

  private int place(Tokens tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (isMask(tokens.string(i))) {
        return i;
      }
    }
    if (!open.model().architecture().causal()) {
      throw new BadInput("put [MASK] where %s is to fill in a word".formatted(open.name()));
    }
    return tokens.size() - 1;
  }

  static boolean isMask(String token) {
    return token.equals("[MASK]") || token.equals("<mask>");
  }

  private double[] probabilities(int[] ids, int position) {
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      var logits = open.model().read(Batch.of(List.of(ids)), List.of(LOGITS)).rows(LOGITS);
      return logits.reshape(ids.length, -1).select(0, position).softmax(0).toDoubles();
    }
  }
}
