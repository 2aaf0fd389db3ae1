package dev.sonde.study;

import java.util.List;
import java.util.Optional;

/// What a finding stands on beyond one held-out score: most of it at the best site, `sites` at
/// every one. Empty where it was left out (`leftOut`) or cannot be asked.
public record Grounds(
    List<SiteGrounds> sites,
    Optional<Code> code,
    Optional<Information> information,
    Optional<Curve> curve,
    Optional<Stability> stability,
    Optional<Intervals> intervals,
    Optional<Calibrated> calibration,
    List<ProbeResult> probes,
    List<Comparison> comparisons,
    Optional<Gap> gap,
    List<String> leftOut) {
  /// Nothing was asked.
  public static final Grounds NONE =
      new Grounds(
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          Optional.empty(),
          List.of());

  /// One site. `pAlone` as if no other site had been looked at, `pStepDown` corrected for all of
  /// them, stepping down (Westfall & Young); `bits` usable information a row and its standard error
  /// over groups; `logNorm` and `logNorm95` natural logs of the mean and 95th percentile of the
  /// rows' lengths, `participation` how many dimensions they fill.
  public record SiteGrounds(
      String point,
      int layer,
      String position,
      double pAlone,
      double pStepDown,
      double bits,
      double error,
      double logNorm,
      double logNorm95,
      double participation) {}

  /// The online code of the labels by a logistic probe, in bits, whole groups at a time (Voita &
  /// Titov 2020): `uniformBits` without looking, `ends` how many rows had come at the end of each
  /// block, `blocks` its bits. `dealtBits`: the code of labels dealt anew.
  public record Code(
      double bits,
      double uniformBits,
      double compression,
      double dealtBits,
      List<Integer> ends,
      List<Double> blocks) {}

  /// Usable information (Xu et al. 2020) in bits a row, with standard errors over groups. `given`
  /// is the baseline with most of it, `conditional` what the activations add to it. `pointwise`:
  /// each row's own bits (Ethayarajh et al. 2022); low ones are hard or mislabelled.
  public record Information(
      double bits,
      double error,
      double entropy,
      String given,
      double conditional,
      double conditionalError,
      List<BaselineBits> baselines,
      List<Double> pointwise) {}

  public record BaselineBits(String name, double bits, double error) {}

  /// AUROC on the `held` rows of the first fold against rows learnt from: mean and the range of 95
  /// of 100 draws. `rowsTo90`: rows to nine tenths of the way from chance to the last value;
  /// `lastDoubling` what the last doubling of rows brought.
  public record Curve(
      List<CurvePoint> points,
      int draws,
      int held,
      double c,
      double area,
      double rowsTo90,
      double lastDoubling) {}

  public record CurvePoint(int rows, double mean, double low, double high) {}

  /// Cosines of directions. `halves`: probes of the two halves of the groups, split by split;
  /// `dealt` the same under dealt labels, the null. `bootstraps`: every resample with the probe of
  /// all rows. `layers` with `sigma`: correlations of the scores that the layers' directions give
  /// the rows of the best site; `matched95` bounds 95 of 100 absolute cosines of random directions
  /// of these rows' shape, `random95` those of uniform ones.
  public record Stability(
      List<Double> halves,
      List<Double> dealt,
      List<Double> bootstraps,
      double matched95,
      double random95,
      List<String> layers,
      List<List<Double>> sigma) {
    public double meanHalf() {
      return mean(halves);
    }

    public double meanDealt() {
      return mean(dealt);
    }

    public double meanBootstrap() {
      return mean(bootstraps);
    }

    private static double mean(List<Double> values) {
      return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
    }
  }

  /// `accuracyBca` and `aurocBca` draw whole groups; `aurocDeLong` takes rows for independent.
  /// `difference` is the AUROC less that of the best baseline on the same rows (DeLong, paired).
  public record Intervals(
      Findings.Estimate accuracyBca,
      Findings.Estimate aurocBca,
      Findings.Estimate aurocDeLong,
      String rival,
      Findings.Estimate difference,
      double p) {}

  /// How well probabilities come true, as they are and rescaled; every rescaling was fitted on the
  /// other folds' held-out scores. `bins` are those after Platt.
  public record Calibrated(List<Scale> scales, List<Findings.Bin> bins) {}

  /// `a` and `b` of `sigma(a score + b)`, the middle ones over folds.
  public record Scale(String name, double a, double b, double ece, double brier, double logLoss) {}

  /// One of several probes: its best site, its accuracy there, `nested` with the site chosen on
  /// inner folds, the control task, and the accuracy, AUROC and control task at every site
  /// (`accuracies`, `aurocs`, `controls`, in the order of the sites).
  public record ProbeResult(
      String probe,
      String point,
      String position,
      double chosenC,
      Findings.Estimate accuracy,
      double auroc,
      Findings.Estimate nested,
      double control,
      double selectivity,
      List<Double> accuracies,
      List<Double> aurocs,
      List<Double> controls) {}

  /// Two probes on the same held-out rows, each with its site chosen on inner folds: difference of
  /// accuracy with its interval (whole groups drawn), its p-value and that after Holm over all
  /// pairs; rows that only one of them gets right.
  public record Comparison(
      String first,
      String second,
      Findings.Estimate difference,
      double p,
      double adjusted,
      int onlyFirst,
      int onlySecond) {}

  /// A network of one hidden layer at the best site, on the same folds: what it reads beyond the
  /// linear probe, with what either reads of the control task.
  public record Gap(
      double linear,
      double nonlinear,
      Findings.Estimate difference,
      double p,
      double linearSelectivity,
      double nonlinearSelectivity) {}
}
