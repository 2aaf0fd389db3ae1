package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Captured;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.evidence.TransferMatrix;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Does what a probe learns from one data set read another? Several corpora through one network, a
/// probe from each asked about all.
///
/// The site is chosen by the accuracy on inner folds, averaged over the sets: never by how well a
/// probe transfers, and never by the rows that the matrix is measured on.
public final class TransferStudy {
  /// The settings that a matrix is made with.
  private static final Set<String> USED =
      Set.of("seed", "probe", "positions", "points", "folds", "scaling", "truncate");

  private final OpenModel open;
  private final StudySettings settings;
  private final InstantSource clock;

  /// A corpus under a short name.
  public record Named(String name, Corpus corpus) {}

  public TransferStudy(OpenModel open, Study.Request request) {
    this.open = open;
    this.settings = request.settings();
    this.clock = request.clock();
  }

  /// `unions`: names of sets that are also trained as one.
  ///
  /// @throws BadInput for sets of other classes, a union of an unknown set, fewer than two sets
  public Transfers run(
      List<Named> sets, List<List<String>> unions, Workers workers, Progress progress) {
    check(sets, unions);
    var family = ProbeFamily.named(settings.probe());
    var positions = settings.positions().stream().map(Position::parse).toList();
    var capture = new Capture(open.model(), open.points(settings.points()), positions);
    var captured = new ArrayList<Captured>();
    for (var set : sets) {
      var tokens = open.encode(set.corpus(), settings.truncate());
      var task = "capture, " + set.name();
      captured.add(
          capture.run(tokens, workers, (name, done, total) -> progress.at(task, done, total)));
    }
    var sites = capture.sites().stream().filter(site -> tells(site, captured)).toList();
    var pairs = everywhere(family, sites, sets, captured, workers, progress);
    var layers =
        IntStream.range(0, sites.size()).mapToObj(s -> layer(sites.get(s), pairs.get(s))).toList();
    int best = 0;
    for (int s = 1; s < layers.size(); s++) {
      best = layers.get(s).inner() > layers.get(best).inner() ? s : best;
    }
    var at = sites.get(best);
    progress.at("left out and together", 0, 1);
    var matrix =
        workers.call(
            () -> TransferMatrix.run(family, rows(at, sets, captured), settings.folds(), seed()));
    var together = new ArrayList<Transfers.Together>();
    for (var union : unions) {
      var members = union.stream().map(n -> indexOf(sets, n)).toList();
      together.add(
          new Transfers.Together(
              String.join("+", union), workers.call(() -> matrix.together(members))));
    }
    progress.at("left out and together", 1, 1);
    return found(sets, layers, best, matrix, together);
  }

  /// Where all rows of a set are the same there is nothing to learn.
  private static boolean tells(Site site, List<Captured> captured) {
    return captured.stream().noneMatch(c -> Surface.constant(c.at(site)));
  }

  private List<TransferMatrix> everywhere(
      ProbeFamily family,
      List<Site> sites,
      List<Named> sets,
      List<Captured> captured,
      Workers workers,
      Progress progress) {
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<TransferMatrix>>();
    for (var site : sites) {
      pieces.add(() -> {
        var out =
            TransferMatrix.pairs(family, rows(site, sets, captured), settings.folds(), seed());
        progress.at("probes", done.incrementAndGet(), sites.size());
        return out;
      });
    }
    return workers.map(pieces);
  }

  private Seed seed() {
    return new Seed(settings.seed());
  }

  private static List<TransferMatrix.DataSet> rows(
      Site site, List<Named> sets, List<Captured> captured) {
    var out = new ArrayList<TransferMatrix.DataSet>();
    for (int i = 0; i < sets.size(); i++) {
      var corpus = sets.get(i).corpus();
      var classes = (Classes) corpus.target();
      var positive = IntStream.range(0, corpus.size()).mapToObj(r -> classes.at(r) == 1).toList();
      out.add(
          new TransferMatrix.DataSet(
              sets.get(i).name(), captured.get(i).at(site), positive, corpus.groupNames()));
    }
    return out;
  }

  private static Transfers.Layer layer(Site site, TransferMatrix matrix) {
    double inner =
        IntStream.range(0, matrix.names().size())
            .mapToDouble(matrix::inner)
            .average()
            .orElseThrow();
    var summary = matrix.summary(TransferMatrix.Cell::auroc);
    return new Transfers.Layer(
        site.point().toString(),
        site.position().brief(),
        Study.layer(site.point()),
        inner,
        summary.diagonal(),
        summary.mean());
  }

  private static void check(List<Named> sets, List<List<String>> unions) {
    if (sets.size() < 2) {
      throw new BadInput("a matrix of transfers needs two data sets or more, here is one");
    }
    var first = (Classes) sets.getFirst().corpus().target();
    if (first.names().size() > 2) {
      throw new BadInput(
          "%s has %d classes; a matrix of transfers is made of two: keep two, or set one against the others"
              .formatted(sets.getFirst().name(), first.names().size()));
    }
    for (var set : sets) {
      var own = (Classes) set.corpus().target();
      if (!own.names().equals(first.names())) {
        throw new BadInput(
            "%s has classes %s, %s has %s; a probe of one can only be asked about the other if they are the same"
                .formatted(sets.getFirst().name(), first.names(), set.name(), own.names()));
      }
    }
    unions.forEach(u -> u.forEach(n -> indexOf(sets, n)));
  }

  private static int indexOf(List<Named> sets, String name) {
    for (int i = 0; i < sets.size(); i++) {
      if (sets.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new BadInput(
        "'%s' is none of the data sets; they are %s"
            .formatted(name, String.join(", ", sets.stream().map(Named::name).toList())));
  }

  private Transfers found(
      List<Named> sets,
      List<Transfers.Layer> layers,
      int best,
      TransferMatrix matrix,
      List<Transfers.Together> together) {
    int m = sets.size();
    var cells = new ArrayList<List<TransferMatrix.Cell>>();
    var shared = new ArrayList<List<Double>>();
    for (int i = 0; i < m; i++) {
      int row = i;
      cells.add(IntStream.range(0, m).mapToObj(j -> matrix.at(row, j)).toList());
      shared.add(IntStream.range(0, m).mapToObj(j -> matrix.shared(row, j)).toList());
    }
    var auroc = matrix.summary(TransferMatrix.Cell::auroc);
    return new Transfers(
        origin(sets),
        layers,
        best,
        matrix.names(),
        cells,
        m > 2 ? IntStream.range(0, m).mapToObj(matrix::leftOut).toList() : List.of(),
        together,
        Arrays.stream(matrix.cosines()).map(r -> Arrays.stream(r).boxed().toList()).toList(),
        shared,
        auroc,
        matrix.summary(TransferMatrix.Cell::accuracy),
        verdict(layers.get(best), auroc));
  }

  /// What the matrix says in words.
  private String verdict(Transfers.Layer at, TransferMatrix.Summary auroc) {
    var where = at.point() + " (" + at.position() + ")";
    var numbers =
        String.format(
            Locale.ROOT,
            "at %s of %s a probe reads its own kind of row with AUROC %.3f and the other sets with %.3f on average; the worst pair is %s with %.3f",
            where,
            open.name(),
            auroc.diagonal(),
            auroc.mean(),
            auroc.worstPair(),
            auroc.worst());
    if (auroc.diagonal() < .6) {
      return "Nothing to transfer: " + numbers + ".";
    }
    if (auroc.worst() >= .75 * (auroc.diagonal() - .5) + .5) {
      return "One direction reads all sets: " + numbers + ".";
    }
    return auroc.worst() < .4
        ? "Not one direction: "
            + numbers
            + ". Below one half a probe reads the opposite of its label: what it learnt is not what the labels say."
        : "Transfer is partial: " + numbers + ".";
  }

  private Transfers.Origin origin(List<Named> sets) {
    var data =
        sets.stream()
            .map(s ->
                new Transfers.DataInfo(
                    s.name(),
                    s.corpus().source(),
                    s.corpus().digest(),
                    s.corpus().size(),
                    s.corpus().columns().group()))
            .toList();
    var described = new LinkedHashMap<>(settings.described());
    described.keySet().retainAll(USED);
    described.put("dtype", open.model().numerics().described());
    return new Transfers.Origin(
        Version.VALUE,
        Origins.model(open),
        data,
        settings.probe(),
        described,
        Digest.of(Version.VALUE + open.digest().hex() + data + described),
        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
  }
}
