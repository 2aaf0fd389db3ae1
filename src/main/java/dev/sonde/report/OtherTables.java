package dev.sonde.report;

import dev.sonde.evidence.TransferMatrix;
import dev.sonde.io.ParquetTable;
import dev.sonde.study.FinishedRun;
import dev.sonde.study.RunComparison;
import dev.sonde.study.TokenFindings;
import dev.sonde.study.Transfers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Findings about words, transfers between data sets and compared runs as tables, in the manner of
/// [ResultTables].
public final class OtherTables {
  private OtherTables() {}

  /// `results.parquet` of a study of words: a row a layer.
  public static ParquetTable<?> layers(TokenFindings found) {
    var best = found.layers().get(found.best().layer());
    return ParquetTable.of(found.layers())
        .text("point", TokenFindings.Layer::point)
        .integer("layer", TokenFindings.Layer::layer)
        .flag("best", l -> l.equals(best))
        .text("task", l -> found.task())
        .text("metric", l -> found.metric())
        .measured("accuracy", l -> l.accuracy().value())
        .measured("accuracy_low", l -> l.accuracy().low())
        .measured("accuracy_high", l -> l.accuracy().high())
        .text("second_metric", l -> found.second())
        .measured("second", TokenFindings.Layer::second)
        .measured("control", TokenFindings.Layer::control)
        .measured("selectivity", TokenFindings.Layer::selectivity)
        .measured("untrained", TokenFindings.Layer::untrained)
        .measured("untrained_second", TokenFindings.Layer::untrainedSecond)
        .integer("steps", TokenFindings.Layer::steps)
        .measured("nonlinear_accuracy", l -> l.nonlinear().accuracy())
        .measured("nonlinear_control", l -> l.nonlinear().control())
        .measured("nonlinear_selectivity", l -> l.nonlinear().selectivity())
        .text("model", l -> found.model().name())
        .text("data", l -> found.data().train())
        .text("held", l -> found.data().held())
        .text("identity", l -> found.identity().hex())
        .notes(
            notes(
                "sonde.tokens.layers/1",
                found.sondeVersion(),
                found.identity().hex(),
                found.settings()))
        .note("sonde.model", found.model().name())
        .note("sonde.model.sha256", found.model().digest().hex())
        .note("sonde.data.sha256", found.data().trainDigest().hex())
        .note("sonde.held.sha256", found.data().heldDigest().hex());
  }

  /// A cell of the matrix; `cosine` and `shared` mean something between two sets alone.
  private record Transfer(
      String kind,
      String trained,
      String asked,
      TransferMatrix.Cell cell,
      double cosine,
      double shared) {}

  /// `matrix.parquet`: a row a cell, `kind` saying what was trained on: `set` (one), `union`
  /// (several as one) or `left_out` (all but the one asked).
  public static ParquetTable<?> transfers(Transfers found) {
    var origin = found.origin();
    var site = found.layers().get(found.best());
    var sources = new ArrayList<String>();
    origin.data().forEach(d -> sources.add(d.name() + " " + d.digest().hex()));
    return ParquetTable.of(cells(found))
        .text("kind", Transfer::kind)
        .text("trained", Transfer::trained)
        .text("asked", Transfer::asked)
        .measured("auroc", t -> t.cell.auroc())
        .measured("accuracy", t -> t.cell.accuracy())
        .measured("recalibrated", t -> t.cell.recalibrated())
        .measured("cosine", Transfer::cosine)
        .measured("shared_groups", Transfer::shared)
        .text("probe", t -> origin.probe())
        .text("point", t -> site.point())
        .integer("layer", t -> site.layer())
        .text("position", t -> site.position())
        .text("model", t -> origin.model().name())
        .text("identity", t -> origin.identity().hex())
        .notes(
            notes(
                "sonde.matrix.cells/1",
                origin.sondeVersion(),
                origin.identity().hex(),
                origin.settings()))
        .note("sonde.model", origin.model().name())
        .note("sonde.model.sha256", origin.model().digest().hex())
        .note("sonde.data.sha256", String.join("\n", sources));
  }

  private static List<Transfer> cells(Transfers found) {
    var names = found.names();
    var out = new ArrayList<Transfer>();
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        out.add(
            new Transfer(
                "set",
                names.get(i),
                names.get(j),
                found.matrix().get(i).get(j),
                found.cosines().get(i).get(j),
                found.shared().get(i).get(j)));
      }
    }
    for (var union : found.together()) {
      for (int j = 0; j < names.size(); j++) {
        out.add(beyond("union", union.name(), names.get(j), union.cells().get(j)));
      }
    }
    for (int j = 0; j < found.leftOut().size(); j++) {
      out.add(beyond("left_out", "all others", names.get(j), found.leftOut().get(j)));
    }
    return out;
  }

  private static Transfer beyond(
      String kind, String trained, String asked, TransferMatrix.Cell cell) {
    return new Transfer(kind, trained, asked, cell, Double.NaN, Double.NaN);
  }

  /// `compare.parquet`: a row a pair of runs.
  public static ParquetTable<?> pairs(RunComparison found) {
    var table =
        ParquetTable.of(found.pairs())
            .flag("paired", RunComparison.Pair::paired)
            .measured("difference", p -> p.difference().value())
            .measured("difference_low", p -> p.difference().low())
            .measured("difference_high", p -> p.difference().high())
            .measured("p", RunComparison.Pair::p)
            .measured("p_holm", RunComparison.Pair::adjusted)
            .measured("only_first", p -> p.paired() ? p.onlyFirst() : Double.NaN)
            .measured("only_second", p -> p.paired() ? p.onlySecond() : Double.NaN)
            .text("note", RunComparison.Pair::note);
    table = run(table, "first", p -> found.runs().get(p.first()));
    table = run(table, "second", p -> found.runs().get(p.second()));
    return table
        .note("sonde.schema", "sonde.compare.pairs/1")
        .note("sonde.draws", Integer.toString(found.draws()))
        .note("sonde.seed", Long.toString(found.seed()));
  }

  private static ParquetTable<RunComparison.Pair> run(
      ParquetTable<RunComparison.Pair> table,
      String which,
      Function<RunComparison.Pair, FinishedRun> of) {
    return table
        .text(which, p -> of.apply(p).name())
        .text(which + "_model", p -> of.apply(p).model())
        .text(which + "_data", p -> of.apply(p).data())
        .text(which + "_data_sha256", p -> of.apply(p).digest())
        .text(which + "_label", p -> of.apply(p).label())
        .text(which + "_probe", p -> of.apply(p).probe())
        .text(which + "_site", p -> of.apply(p).site())
        .measured(which + "_nested", p -> of.apply(p).nested().value())
        .measured(which + "_accuracy", p -> of.apply(p).accuracy().value())
        .measured(which + "_auroc", p -> of.apply(p).auroc());
  }

  private static Map<String, String> notes(
      String schema, String version, String identity, Map<String, String> settings) {
    var out = new LinkedHashMap<String, String>();
    out.put("sonde.schema", schema);
    out.put("sonde.version", version);
    out.put("sonde.seed", settings.getOrDefault("seed", ""));
    out.put("sonde.identity", identity);
    out.put("sonde.settings", Results.JSON.writeValueAsString(settings));
    return out;
  }
}
