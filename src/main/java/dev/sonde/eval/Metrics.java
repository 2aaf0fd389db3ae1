package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.io.BadInput;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Everything that scores or predictions of rows say beside their labels.
///
/// `values` are measures of the whole with the BCa interval over groups drawn again (NaN where
/// there is none), `delong` the interval of the AUROC from its own variance (rows independent: of
/// rows that share groups it is too narrow, and the one over groups is to be quoted), `classes`
/// what happened to the rows of each class, `alarms` the recall at false positive rates that
/// control rows promise.
public record Metrics(
    int rows,
    int groups,
    List<Value> values,
    Interval delong,
    List<OfClass> classes,
    List<Alarm> alarms) {
  private static final int BINS = 10;

  /// Clusters below which resampling them covers less than it says (Cameron, Gelbach and Miller
  /// 2008).
  private static final int FEW = 20;

  public Metrics {
    values = List.copyOf(values);
    classes = List.copyOf(classes);
    alarms = List.copyOf(alarms);
  }

  /// What scores are. A probability of .5 and log-odds of 0 are where the second class begins; a
  /// plain score has a threshold but no calibration.
  public enum Kind {
    PROBABILITY,
    LOG_ODDS,
    SCORE
  }

  /// Draws, their seed, which rows belong together.
  public record Sampling(Groups groups, int draws, Seed seed) {}

  public record Value(String name, double value, Interval interval) {}

  public record OfClass(String name, int rows, double recall, double precision, double f1) {}

  /// A rate that was asked for and what control rows make of it.
  public record Alarm(double rate, FalseAlarms found) {}

  /// A measure by its name.
  ///
  /// @throws IllegalArgumentException if there is none
  public double value(String name) {
    return values.stream()
        .filter(v -> v.name().equals(name))
        .mapToDouble(Value::value)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no measure is called " + name));
  }

  /// Whether rows share groups, so that they are not independent.
  public boolean grouped() {
    return groups < rows;
  }

  /// What has to be said beside the intervals, a sentence each; empty where nothing has to.
  public List<String> notes() {
    var out = new ArrayList<String>();
    boolean scored = !Double.isNaN(delong.low());
    if (scored && !grouped()) {
      out.add(
          "no two rows share a group: if they share a text, a speaker or a template, say so with --groups");
    }
    if (scored && grouped()) {
      out.add(
          "DeLong's interval takes the %d rows for independent, but they share %d groups: quote the one drawn over groups"
              .formatted(rows, groups));
    }
    if (!alarms.isEmpty() && grouped()) {
      out.add("the intervals of recall and false positive rate take rows for independent too");
    }
    if (grouped() && groups < FEW) {
      out.add(
          "%d groups are few: intervals over fewer than %d come out too narrow"
              .formatted(groups, FEW));
    }
    return out;
  }

  /// Of predictions: `predicted[i]` is a class of `truth`.
  public static Metrics ofPredictions(Classes truth, int[] predicted, Sampling sampling) {
    mustFit(truth.size(), predicted.length, "predictions");
    int k = truth.names().size();
    var bootstrap = Bootstrap.byGroup(sampling.groups(), sampling.draws(), sampling.seed());
    var values = new ArrayList<Value>();
    ToDoubleFunction<double[]> accuracy = w -> counted(truth, predicted, w).accuracy();
    values.add(value("accuracy", accuracy, bootstrap, truth.size()));
    values.add(
        value(
            "balanced accuracy",
            w -> counted(truth, predicted, w).balanced(),
            bootstrap,
            truth.size()));
    values.add(
        value("mcc", w -> counted(truth, predicted, w).correlation(), bootstrap, truth.size()));
    var confusion = Confusion.of(truth.toArray(), predicted, k);
    values.add(new Value("majority", confusion.majority(), Interval.NONE));
    var classes = new ArrayList<OfClass>();
    for (int c = 0; c < k; c++) {
      classes.add(
          new OfClass(
              truth.names().get(c),
              truth.count(c),
              confusion.recall(c),
              confusion.precision(c),
              confusion.f1(c)));
    }
    return new Metrics(
        truth.size(), sampling.groups().count(), values, Interval.NONE, classes, List.of());
  }

  /// Of scores of two classes, the second being positive above `threshold`.
  ///
  /// @throws BadInput for a score that is not finite, or a probability outside 0 … 1
  public static Metrics ofScores(
      Classes truth, double[] score, Kind kind, double threshold, Sampling sampling) {
    mustFit(truth.size(), score.length, "scores");
    check(score, kind);
    var predicted = Arrays.stream(score).mapToInt(s -> s > threshold ? 1 : 0).toArray();
    var plain = ofPredictions(truth, predicted, sampling);
    var positive = ProbeFamily.positives(truth);
    var bootstrap = Bootstrap.byGroup(sampling.groups(), sampling.draws(), sampling.seed());
    var values = new ArrayList<>(plain.values());
    values.add(value("auroc", Bootstrap.auroc(score, positive), bootstrap, score.length));
    if (kind != Kind.SCORE) {
      var p =
          kind == Kind.PROBABILITY
              ? score
              : Arrays.stream(score).map(Scores::probability).toArray();
      var squares = new double[p.length];
      Arrays.setAll(squares, i -> Math.pow(p[i] - (positive[i] ? 1 : 0), 2));
      values.add(value("brier", Bootstrap.mean(squares), bootstrap, p.length));
      var widths = Calibration.equalWidth(p, positive, BINS);
      values.add(new Value("ece", Calibration.error(widths), Interval.NONE));
      var masses = Calibration.equalMass(p, positive, BINS);
      values.add(new Value("ece, equal mass", Calibration.error(masses), Interval.NONE));
    }
    boolean both = Math.min(truth.count(0), truth.count(1)) > 1;
    return new Metrics(
        plain.rows,
        plain.groups,
        values,
        both ? DeLong.interval(score, positive, .95) : Interval.NONE,
        plain.classes,
        List.of());
  }

  /// The same with the recall at false positive rates that `control` scores promise; the negative
  /// rows of the labelled ones are the second control set, on which the rate is measured.
  ///
  /// @throws BadInput if there are too few control rows for a rate
  public Metrics withControl(Classes truth, double[] score, double[] control, List<Double> rates) {
    var negatives = of(truth, score, 0);
    var positives = of(truth, score, 1);
    if (negatives.length == 0 || positives.length == 0) {
      throw new BadInput("recall at a false positive rate needs labelled rows of both classes");
    }
    var out = new ArrayList<Alarm>();
    for (double rate : rates) {
      out.add(new Alarm(rate, FalseAlarms.measure(control, negatives, positives, rate, .95)));
    }
    return new Metrics(rows, groups, values, delong, classes, out);
  }

  private static double[] of(Classes truth, double[] score, int k) {
    return IntStream.range(0, score.length)
        .filter(i -> truth.at(i) == k)
        .mapToDouble(i -> score[i])
        .toArray();
  }

  private static Value value(
      String name, ToDoubleFunction<double[]> measure, Bootstrap bootstrap, int rows) {
    var ones = new double[rows];
    Arrays.fill(ones, 1);
    return new Value(name, measure.applyAsDouble(ones), bootstrap.bca(measure, .95));
  }

  private static void mustFit(int labels, int found, String what) {
    if (labels != found || labels == 0) {
      throw new BadInput(
          "there are %d labels and %d %s; one of each a row is needed, in the same order"
              .formatted(labels, found, what));
    }
  }

  private static void check(double[] score, Kind kind) {
    for (int i = 0; i < score.length; i++) {
      if (!Double.isFinite(score[i])) {
        throw new BadInput("score %d is %s; scores are finite numbers".formatted(i + 1, score[i]));
      }
      if (kind == Kind.PROBABILITY && (score[i] < 0 || score[i] > 1)) {
        throw new BadInput(
            "score %d is %s, no probability; say what scores are: log-odds or score"
                .formatted(i + 1, score[i]));
      }
    }
  }

  private static Counted counted(Classes truth, int[] predicted, double[] weight) {
    int k = truth.names().size();
    var of = new double[k];
    var taken = new double[k];
    var right = new double[k];
    for (int i = 0; i < predicted.length; i++) {
      of[truth.at(i)] += weight[i];
      taken[predicted[i]] += weight[i];
      right[truth.at(i)] += truth.at(i) == predicted[i] ? weight[i] : 0;
    }
    return new Counted(of, taken, right);
  }

  /// [Confusion] of weighted rows: how much weight each class has, is taken for, is found.
  private static final class Counted {
    private final double[] of;
    private final double[] taken;
    private final double[] right;
    private final double all;

    Counted(double[] of, double[] taken, double[] right) {
      this.of = of;
      this.taken = taken;
      this.right = right;
      all = Arrays.stream(of).sum();
    }

    double accuracy() {
      return Arrays.stream(right).sum() / all;
    }

    double balanced() {
      return IntStream.range(0, of.length)
          .filter(k -> of[k] > 0)
          .mapToDouble(k -> right[k] / of[k])
          .average()
          .orElse(Double.NaN);
    }

    /// See [Confusion#mcc].
    double correlation() {
      double crossed = 0;
      double predicted = 0;
      double truth = 0;
      for (int k = 0; k < of.length; k++) {
        crossed += taken[k] * of[k];
        predicted += taken[k] * taken[k];
        truth += of[k] * of[k];
      }
      double margin = Math.sqrt((all * all - predicted) * (all * all - truth));
      return margin == 0 ? 0 : (Arrays.stream(right).sum() * all - crossed) / margin;
    }
  }
}
