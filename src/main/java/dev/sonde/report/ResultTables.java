package dev.sonde.report;

import dev.sonde.io.ParquetTable;
import dev.sonde.study.Findings;
import dev.sonde.study.Grounds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Findings as tables for pandas, polars, DuckDB or R: `results.parquet`, a row a site and probe,
/// and `predictions.parquet`, a row a held-out row at the best site.
///
/// The numbers are those of `results.json`; what was not measured is null. What is the same for a
/// whole run (model, data, seed, identity) stands in columns too, so that the tables of many runs
/// can be read as one, and in the footer with every setting.
public final class ResultTables {
  private ResultTables() {}

  /// Of one probe at one site: the probe that was asked has all its numbers (`found`, `grounds`),
  /// those beside it what they were compared by.
  private record Line(
      Findings all,
      Findings.SiteFinding found,
      Optional<Grounds.SiteGrounds> grounds,
      Optional<Grounds.ProbeResult> beside,
      int site,
      boolean best) {
    String probe() {
      return beside.map(Grounds.ProbeResult::probe).orElse(found.probe());
    }

    /// A number of the probe that was asked; NaN for those beside it.
    double own(double value) {
      return beside.isPresent() ? Double.NaN : value;
    }

    /// An estimate that those beside have at their own best site alone.
    Findings.Estimate accuracy() {
      if (beside.isEmpty()) {
        return found.accuracy();
      }
      var other = beside.get();
      return best
          ? other.accuracy()
          : new Findings.Estimate(other.accuracies().get(site), Double.NaN, Double.NaN);
    }

    double auroc() {
      return beside.map(b -> b.aurocs().get(site)).orElse(found.auroc().value());
    }

    double control() {
      return beside.map(b -> b.controls().get(site)).orElse(found.control());
    }

    double selectivity() {
      return beside.isPresent() ? accuracy().value() - control() : found.selectivity();
    }

    Findings.Estimate nested() {
      return beside.map(Grounds.ProbeResult::nested).orElse(all.best().nested());
    }

    double ground(java.util.function.ToDoubleFunction<Grounds.SiteGrounds> number) {
      return beside.isPresent()
          ? Double.NaN
          : grounds.map(number::applyAsDouble).orElse(Double.NaN);
    }
  }

  /// `results.parquet`.
  public static ParquetTable<?> sites(Findings findings) {
    var origin = findings.origin();
    var baseline = strongest(findings);
    return grounds(evidence(scores(ParquetTable.of(lines(findings)))))
        .measured("max_null_95", l -> l.own(findings.maxNull().max95()))
        .text("baseline", l -> baseline.map(Findings.Baseline::name).orElse(null))
        .measured(
            "baseline_accuracy", l -> baseline.map(b -> b.accuracy().value()).orElse(Double.NaN))
        .text("verdict", l -> l.beside.isPresent() ? null : findings.verdict().answer())
        .text("model", l -> origin.model().name())
        .text("data", l -> origin.data().source())
        .text("label", l -> origin.data().labelColumn())
        .integer("seed", l -> origin.seed())
        .text("identity", l -> origin.identity().hex())
        .notes(notes("sonde.results.sites/1", findings));
  }

  private static ParquetTable<Line> scores(ParquetTable<Line> table) {
    return table
        .text("probe", Line::probe)
        .text("point", l -> l.found.point())
        .integer("layer", l -> l.found.layer())
        .text("position", l -> l.found.position())
        .flag("best", Line::best)
        .text("metric", l -> l.all.subject().metric())
        .measured("accuracy", l -> l.accuracy().value())
        .measured("accuracy_low", l -> l.accuracy().low())
        .measured("accuracy_high", l -> l.accuracy().high())
        .measured("auroc", Line::auroc)
        .measured("auroc_low", l -> l.own(l.found.auroc().low()))
        .measured("auroc_high", l -> l.own(l.found.auroc().high()))
        .measured("balanced_accuracy", l -> l.own(l.found.balancedAccuracy()))
        .measured("mcc", l -> l.own(l.found.mcc()))
        .measured("macro_f1", l -> l.own(l.found.macroF1()))
        .measured("brier", l -> l.own(l.found.brier()))
        .measured("ece", l -> l.own(l.found.ece()))
        .measured("log_loss", l -> l.own(l.found.logLoss()))
        .measured("chosen_c", l -> l.own(l.found.chosenC()))
        .measured("nested", l -> l.nested().value())
        .measured("nested_low", l -> l.nested().low())
        .measured("nested_high", l -> l.nested().high());
  }

  private static ParquetTable<Line> evidence(ParquetTable<Line> table) {
    return table
        .measured("null_mean", l -> l.own(l.found.nullMean()))
        .measured("null_95", l -> l.own(l.found.null95()))
        .measured("p", l -> l.own(l.found.pValue()))
        .measured("p_alone", l -> l.ground(Grounds.SiteGrounds::pAlone))
        .measured("p_step_down", l -> l.ground(Grounds.SiteGrounds::pStepDown))
        .measured("control", Line::control)
        .measured("selectivity", Line::selectivity)
        .measured("untrained", l -> l.own(l.found.untrained()))
        .measured("untrained_auroc", l -> l.own(l.found.untrainedAuroc()));
  }

  private static ParquetTable<Line> grounds(ParquetTable<Line> table) {
    return table
        .measured("bits", l -> l.ground(Grounds.SiteGrounds::bits))
        .measured("bits_error", l -> l.ground(Grounds.SiteGrounds::error))
        .measured("log_norm", l -> l.ground(Grounds.SiteGrounds::logNorm))
        .measured("log_norm_95", l -> l.ground(Grounds.SiteGrounds::logNorm95))
        .measured("participation", l -> l.ground(Grounds.SiteGrounds::participation));
  }

  /// The asked probe at every site, then those beside it, each at every site.
  private static List<Line> lines(Findings findings) {
    var sites = findings.sites();
    var grounds = findings.grounds().sites();
    var out = new ArrayList<Line>();
    for (int s = 0; s < sites.size(); s++) {
      var own =
          grounds.isEmpty() ? Optional.<Grounds.SiteGrounds>empty() : Optional.of(grounds.get(s));
      boolean best = s == findings.best().site();
      out.add(new Line(findings, sites.get(s), own, Optional.empty(), s, best));
    }
    findings.grounds().probes().stream()
        .skip(1) // the first is the one that was asked
        .forEach(probe ->
            IntStream.range(0, sites.size()).forEach(s -> out.add(beside(findings, probe, s))));
    return out;
  }

  private static Line beside(Findings findings, Grounds.ProbeResult probe, int s) {
    var site = findings.sites().get(s);
    boolean best = site.point().equals(probe.point()) && site.position().equals(probe.position());
    return new Line(findings, site, Optional.empty(), Optional.of(probe), s, best);
  }

  private static Optional<Findings.Baseline> strongest(Findings findings) {
    return findings.baselines().stream()
        .filter(b -> !Double.isNaN(b.accuracy().value()))
        .max(Comparator.comparingDouble(b -> b.accuracy().value()));
  }

  /// `predictions.parquet`. Of numbers `label` and `predicted` are numbers; of more than two
  /// classes there is a column `score_CLASS` for each.
  public static ParquetTable<?> predictions(Findings findings) {
    boolean numbers = findings.origin().data().classes().isEmpty();
    var table =
        ParquetTable.of(findings.best().held())
            .integer("row", Findings.Held::row)
            .text("text", Findings.Held::text)
            .text("group", h -> filled(h.group()))
            .integer("fold", Findings.Held::fold);
    table =
        numbers
            ? table
                .real("label", h -> Double.valueOf(h.label()))
                .real("predicted", Findings.Held::score)
                .real("nested_predicted", Findings.Held::nested)
            : ofClasses(table, new ArrayList<>(findings.origin().data().classes().keySet()));
    var best = findings.sites().get(findings.best().site());
    return table
        .notes(notes("sonde.results.predictions/1", findings))
        .note("sonde.site", best.point() + "@" + best.position());
  }

  private static ParquetTable<Findings.Held> ofClasses(
      ParquetTable<Findings.Held> table, List<String> classes) {
    var out =
        table
            .text("label", Findings.Held::label)
            .text("predicted", Findings.Held::predicted)
            .flag("correct", Findings.Held::correct)
            .real("score", Findings.Held::score)
            .measured("probability", Findings.Held::probability)
            .real("nested_score", Findings.Held::nested)
            .flag("nested_correct", Findings.Held::nestedCorrect);
    for (int k = 0; k < classes.size() && classes.size() > 2; k++) {
      int own = k;
      out = out.real("score_" + classes.get(k), h -> h.scores().get(own));
    }
    return out;
  }

  private static @Nullable String filled(String text) {
    return text.isEmpty() ? null : text;
  }

  private static Map<String, String> notes(String schema, Findings findings) {
    var origin = findings.origin();
    var out = new LinkedHashMap<String, String>();
    out.put("sonde.schema", schema);
    out.put("sonde.version", origin.sondeVersion());
    out.put("sonde.model", origin.model().name());
    out.put("sonde.model.sha256", origin.model().digest().hex());
    out.put("sonde.data", origin.data().source());
    out.put("sonde.data.sha256", origin.data().digest().hex());
    out.put("sonde.label", origin.data().labelColumn());
    out.put("sonde.group", origin.data().groupColumn());
    out.put("sonde.seed", Long.toString(origin.seed()));
    out.put("sonde.identity", origin.identity().hex());
    out.put("sonde.settings", Results.JSON.writeValueAsString(origin.settings()));
    return out;
  }
}
