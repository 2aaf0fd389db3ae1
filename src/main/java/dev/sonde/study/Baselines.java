package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.linalg.Basis;
import dev.sonde.study.Inquiry.Reading;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;

/// What baselines read: ways to the label that a probe has to beat, on the same held-out rows.
final class Baselines {
  private Baselines() {}

  /// What the corpus of a network shows without it, and its static token embeddings.
  static List<Reading> of(
      OpenModel open, StudySettings settings, Corpus corpus, List<Tokens> read, String learner) {
    if (!settings.baselines()) {
      return List.of();
    }
    var out =
        new ArrayList<>(
            corpus.images().isEmpty()
                ? surface(settings, corpus.texts(), learner)
                : images(read, learner));
    if (open.model().points().contains(Point.of(Place.TOKEN_EMBED))) {
      out.add(
          new Reading(
              "token embeddings",
              "the same probe on the mean of the static token embeddings",
              tokenEmbeddings(open, read),
              settings.scaling(),
              true));
    }
    return out;
  }

  /// What texts show without a network.
  static List<Reading> surface(StudySettings settings, List<String> texts, String learner) {
    var out = new ArrayList<Reading>();
    out.add(
        new Reading(
            "length",
            learner + " on the numbers of characters and words",
            Surface.lengths(texts),
            Basis.Scaling.FEATURES,
            false));
    out.add(
        new Reading(
            "bag of words",
            learner + " on which words and pairs of words occur",
            Surface.wordsAndPairs(texts),
            Basis.Scaling.COMMON,
            false));
    if (settings.asks(Check.NGRAMS)) {
      out.add(
          new Reading(
              "character n-grams",
              learner + " on which runs of 3 to 5 characters occur",
              Surface.ngrams(texts),
              Basis.Scaling.COMMON,
              false));
    }
    return out;
  }

  private static List<Reading> images(List<Tokens> images, String learner) {
    return List.of(
        new Reading(
            "file size",
            learner + " on the bytes of the file",
            Surface.fileSizes(images),
            Basis.Scaling.FEATURES,
            false),
        new Reading(
            "pixels",
            learner + " on the image, averaged over a grid of 16 x 16",
            Surface.pixels(images),
            Basis.Scaling.COMMON,
            false));
  }

  /// The mean of the static embeddings of a text's tokens.
  private static Matrix tokenEmbeddings(OpenModel open, List<Tokens> texts) {
    var point = Point.of(Place.TOKEN_EMBED);
    var mean = new Position.Mean();
    try (var one = Workers.of(1)) {
      return new Capture(open.model(), List.of(point), List.of(mean))
          .run(texts, one, Progress.NONE)
          .at(new dev.sonde.activation.Site(point, mean));
    }
  }
}
