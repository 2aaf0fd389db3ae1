package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.eval.NestedCv;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ways to the label that a probe has to beat, on the same held-out rows.
final class Baselines {
  static final String EMBEDDINGS = "the same probe on the mean of the static token embeddings";

  private final Evidence evidence;
  private final OpenModel open;

  Baselines(Evidence evidence, OpenModel open) {
    this.evidence = evidence;
    this.open = open;
  }

  List<Rival> all(List<Tokens> texts, ProbeFamily family) {
    var out = new ArrayList<Rival>();
    out.add(majority());
    if (evidence.settings().baselines()) {
      out.addAll(
          shown(
              evidence.settings(),
              evidence.corpus(),
              texts,
              "logistic regression",
              (name, meaning, x, scaling) -> of(name, meaning, x, scaling, new Logistic())));
      if (open.model().points().contains(Point.of(Place.TOKEN_EMBED))) {
        out.add(
            of(
                "token embeddings",
                EMBEDDINGS,
                tokenEmbeddings(open, texts),
                evidence.settings().scaling(),
                family));
      }
    }
    return out;
  }

  /// Makes a baseline of what it reads.
  @FunctionalInterface
  interface Maker {
    Rival of(String name, String meaning, Matrix x, Basis.Scaling scaling);
  }

  /// What texts or images show without a network, read by `learner` as `maker` does it.
  static List<Rival> shown(
      StudySettings settings, Corpus corpus, List<Tokens> read, String learner, Maker maker) {
    return corpus.images().isEmpty()
        ? surface(settings, corpus.texts(), learner, maker)
        : images(read, learner, maker);
  }

  /// What texts show without a network, read by `learner` as `maker` does it.
  private static List<Rival> surface(
      StudySettings settings, List<String> texts, String learner, Maker maker) {
    var out = new ArrayList<Rival>();
    out.add(
        maker.of(
            "length",
            learner + " on the numbers of characters and words",
            Surface.lengths(texts),
            Basis.Scaling.FEATURES));
    out.add(
        maker.of(
            "bag of words",
            learner + " on which words and pairs of words occur",
            Surface.wordsAndPairs(texts),
            Basis.Scaling.COMMON));
    if (settings.asks(Check.NGRAMS)) {
      out.add(
          maker.of(
              "character n-grams",
              learner + " on which runs of 3 to 5 characters occur",
              Surface.ngrams(texts),
              Basis.Scaling.COMMON));
    }
    return out;
  }

  private static List<Rival> images(List<Tokens> images, String learner, Maker maker) {
    return List.of(
        maker.of(
            "file size",
            learner + " on the bytes of the file",
            Surface.fileSizes(images),
            Basis.Scaling.FEATURES),
        maker.of(
            "pixels",
            learner + " on the image, averaged over a grid of 16 x 16",
            Surface.pixels(images),
            Basis.Scaling.COMMON));
  }

  private Rival majority() {
    var folds = evidence.folds();
    var scores = new double[folds.size()];
    for (int k = 0; k < folds.count(); k++) {
      var train = folds.without(k);
      int balance = 0;
      for (int i = 0; i < train.length; i++) {
        balance += !train[i] ? 0 : evidence.labels().at(i) ? 1 : -1;
      }
      for (int i : folds.rows(k)) {
        scores[i] = balance;
      }
    }
    return new Rival(
        new Findings.Baseline(
            "majority",
            "the more frequent class of the training rows",
            evidence.accuracy(scores),
            0.5),
        scores,
        Optional.empty());
  }

  private Rival of(
      String name, String meaning, Matrix x, Basis.Scaling scaling, ProbeFamily family) {
    var scores = new double[x.rows()];
    if (!Surface.constant(x)) {
      var cv =
          NestedCv.run(family, Basis.of(x, scaling), evidence.labels().toArray(), evidence.folds());
      scores = cv.scores();
    }
    return new Rival(
        new Findings.Baseline(
            name, meaning, evidence.accuracy(scores), evidence.auroc(scores).value()),
        scores,
        Surface.constant(x) ? Optional.empty() : Optional.of(x));
  }

  /// The mean of the static embeddings of a text's tokens.
  static Matrix tokenEmbeddings(OpenModel open, List<Tokens> texts) {
    var point = Point.of(Place.TOKEN_EMBED);
    var mean = new Position.Mean();
    try (var one = Workers.of(1)) {
      return new Capture(open.model(), List.of(point), List.of(mean))
          .run(texts, one, Progress.NONE)
          .at(new dev.sonde.activation.Site(point, mean));
    }
  }
}
