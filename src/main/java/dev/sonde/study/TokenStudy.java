package dev.sonde.study;

import dev.sonde.data.Conllu;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.sequence.SavedSequence;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// What a network represents of every word of parsed sentences: its part of speech, or its place in
/// the syntax tree.
///
/// Every sentence runs through the network and through its untrained twin once. At every point a
/// probe learns from the training sentences and is scored on whole documents that it has not seen,
/// beside a control task by word type (parts of speech) and what the words or their order alone
/// tell. Rows that do not fit the heap lie in mapped files.
public final class TokenStudy {
  private final OpenModel open;
  private final TokenSettings settings;
  private final InstantSource clock;
  private final Path scratch;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /// `clock` dates the findings; `scratch` is a folder for rows that do not fit the heap.
  public TokenStudy(OpenModel open, TokenSettings settings, InstantSource clock, Path scratch) {
    this.open = open;
    this.settings = settings;
    this.clock = clock;
    this.scratch = scratch;
  }

  /// What was found, and the probe of the best layer.
  public record Result(TokenFindings findings, SavedSequence probe) {}

  /// Trains on one file and tests on the other, or splits one by document.
  ///
  /// @throws dev.sonde.io.BadInput if the files cannot answer the question
  public Result run(Conllu train, Optional<Conllu> held, Workers workers, Progress progress) {
    var data = TokenData.of(open, TokenData.split(train, held, settings), settings);
    var points = open.points(settings.points());
    var inquiry =
        settings.task() == TokenSettings.Task.POS
            ? new PosInquiry(data, settings)
            : new TreeInquiry(data, settings);
    var found = at(open.model(), "", data, points, inquiry, workers, progress);
    var twin = new ArrayList<TokenInquiry.Score>();
    if (settings.untrained()) {
      try (var untrained =
          open.model().untrained(new Seed(settings.seed()).forPurpose("untrained"))) {
        twin.addAll(at(untrained, "untrained ", data, points, inquiry, workers, progress));
      }
    }
    var documents = TokenData.documents(data.heldSentences());
    var bootstrap = Bootstrap.byGroup(documents, settings.draws(), new Seed(settings.seed()));
    var layers = new ArrayList<TokenFindings.Layer>();
    for (int i = 0; i < points.size(); i++) {
      var other = twin.isEmpty() ? Optional.<TokenInquiry.Score>empty() : Optional.of(twin.get(i));
      layers.add(layer(points.get(i), found.get(i), other, bootstrap));
    }
    var findings = findings(data, inquiry, layers, best(found, documents));
    int best = findings.best().layer();
    var probe =
        new SavedSequence(
            open.digest(),
            open.tokenizer().digest().brief(),
            points.get(best).toString(),
            settings.subtoken().name().toLowerCase(Locale.ROOT),
            inquiry.classes(),
            findings.identity().hex(),
            found.get(best).probe());
    return new Result(findings, probe);
  }

  private List<TokenInquiry.Score> at(
      Model model,
      String which,
      TokenData data,
      List<Point> points,
      TokenInquiry inquiry,
      Workers workers,
      Progress progress) {
    long heap = Runtime.getRuntime().maxMemory() / 4;
    long bytes = WordCapture.bytes(model, points, data.places().size());
    try (var space = RowSpace.of(bytes, heap, scratch)) {
      var rows =
          timed(
              which + "capture",
              () ->
                  new WordCapture(model, points, workers, named(which, progress))
                      .run(data.tokens(), data.places(), space));
      var done = new AtomicLong();
      var pieces = new ArrayList<Supplier<TokenInquiry.Score>>();
      for (Matrix matrix : rows.values()) {
        pieces.add(() -> {
          var score = inquiry.at(matrix, which.isEmpty());
          progress.at(which + "probes", done.incrementAndGet(), rows.size());
          return score;
        });
      }
      return timed(which + "probes", () -> workers.map(pieces));
    }
  }

  private static Progress named(String which, Progress progress) {
    return (task, done, total) -> progress.at(which + task, done, total);
  }

  private static TokenFindings.Layer layer(
      Point point,
      TokenInquiry.Score score,
      Optional<TokenInquiry.Score> twin,
      Bootstrap bootstrap) {
    var interval = bootstrap.interval(weight -> ratio(score, weight), 0.95);
    return new TokenFindings.Layer(
        point.toString(),
        Study.layer(point),
        new Findings.Estimate(score.accuracy(), interval[0], interval[1]),
        score.second(),
        score.control(),
        score.accuracy() - score.control(),
        twin.map(TokenInquiry.Score::accuracy).orElse(Double.NaN),
        twin.map(TokenInquiry.Score::second).orElse(Double.NaN),
        score.steps(),
        score.nonlinear());
  }

  private static double ratio(TokenInquiry.Score score, double[] weight) {
    double right = 0;
    double total = 0;
    for (int i = 0; i < weight.length; i++) {
      right += weight[i] * score.right().get(i);
      total += weight[i] * score.total().get(i);
    }
    return right / total;
  }

  /// The best layer, and what is left of it when it is chosen on other documents.
  private static TokenFindings.Best best(List<TokenInquiry.Score> found, Groups documents) {
    int best = 0;
    for (int l = 1; l < found.size(); l++) {
      best = found.get(l).accuracy() > found.get(best).accuracy() ? l : best;
    }
    double right = 0;
    double total = 0;
    for (int half = 0; half < 2; half++) {
      var here = half(documents, half);
      var there = half(documents, 1 - half);
      int chosen = 0;
      for (int l = 1; l < found.size(); l++) {
        chosen = ratio(found.get(l), there) > ratio(found.get(chosen), there) ? l : chosen;
      }
      for (int i = 0; i < here.length; i++) {
        right += here[i] * found.get(chosen).right().get(i);
        total += here[i] * found.get(chosen).total().get(i);
      }
    }
    return new TokenFindings.Best(best, documents.count() < 2 ? Double.NaN : right / total);
  }

  private static double[] half(Groups documents, int which) {
    var out = new double[documents.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = documents.at(i) % 2 == which ? 1 : 0;
    }
    return out;
  }

  private TokenFindings findings(
      TokenData data,
      TokenInquiry inquiry,
      List<TokenFindings.Layer> layers,
      TokenFindings.Best best) {
    var identity =
        Digest.of(
            String.join(
                    "\n",
                    Version.VALUE,
                    open.digest().hex(),
                    open.tokenizer().digest().hex(),
                    data.train().digest().hex(),
                    data.held().digest().hex())
                + settings.described());
    return new TokenFindings(
        Version.VALUE,
        Origins.model(open),
        described(data, inquiry),
        settings.task().brief(),
        inquiry.metric(),
        inquiry.second(),
        List.copyOf(layers),
        inquiry.baselines(),
        best,
        settings.described(),
        identity,
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        Map.copyOf(seconds));
  }

  private static TokenFindings.Data described(TokenData data, TokenInquiry inquiry) {
    return new TokenFindings.Data(
        data.train().source(),
        data.train().digest(),
        data.held().source(),
        data.held().digest(),
        data.trainSentences(),
        data.trainWords(),
        data.heldSentences().size(),
        data.heldWords(),
        data.leftOut(),
        inquiry.classes());
  }

  private <T> T timed(String phase, Supplier<T> work) {
    var from = clock.instant();
    var out = work.get();
    seconds.merge(phase, Duration.between(from, clock.instant()).toNanos() / 1e9, Double::sum);
    return out;
  }
}
