package dev.sonde.study;

import dev.sonde.provenance.Digest;
import java.util.List;
import java.util.Map;

/// What a [TokenStudy] found: a line a point, with what the probe alone, the network's untrained
/// twin and the order of the words explain.
///
/// `metric` is what every field called `accuracy` holds: `accuracy` (pos), `UUAS` (distance),
/// `root` (depth); `second` names the measure beside it (`macro F1`, `DSpr`, `NSpr`). What was not
/// measured is NaN.
public record TokenFindings(
    String sondeVersion,
    Findings.ModelInfo model,
    Data data,
    String task,
    String metric,
    String second,
    List<Layer> layers,
    List<Baseline> baselines,
    Best best,
    Map<String, String> settings,
    Digest identity,
    String created,
    Map<String, Double> seconds) {

  /// Sentences and words on both sides; `leftOut` counts sentences that could not be used (too long
  /// for the network, or with a word that no token stands for).
  public record Data(
      String train,
      Digest trainDigest,
      String held,
      Digest heldDigest,
      int trainSentences,
      int trainWords,
      int heldSentences,
      int heldWords,
      int leftOut,
      List<String> classes) {}

  /// `control` is the accuracy on the control task, `selectivity` the difference to it; `steps` of
  /// the solver.
  public record Layer(
      String point,
      int layer,
      Findings.Estimate accuracy,
      double second,
      double control,
      double selectivity,
      double untrained,
      double untrainedSecond,
      int steps,
      Nonlinear nonlinear) {}

  /// What an MLP probe got on the same rows, beside its control task: a nonlinear probe is read by
  /// what its selectivity is against the linear one's (Hewitt & Liang 2019).
  public record Nonlinear(double accuracy, double control, double selectivity) {
    public static final Nonlinear NONE = new Nonlinear(Double.NaN, Double.NaN, Double.NaN);
  }

  /// A way to the answer that needs no network.
  public record Baseline(String name, String meaning, double accuracy, double second) {}

  /// `layer` indexes `layers`; `elsewhere` is the estimate free of the choice: on each half of the
  /// held-out documents at the layer that is best on the other half.
  public record Best(int layer, double elsewhere) {}
}
