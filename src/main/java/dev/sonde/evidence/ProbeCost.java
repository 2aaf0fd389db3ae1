package dev.sonde.evidence;

/// What a probe costs a token beside the model that it reads.
///
/// Floating point operations, a product and a sum being two; a model's forward pass is two for each
/// parameter that a token passes (attention over the context not counted, which is on the model's
/// side of the comparison).
public record ProbeCost(long probe, long model, long bytes) {

  /// One direction or one a class: `2 d` each.
  public static long linear(int d, int outputs) {
    return 2L * d * outputs;
  }

  /// One hidden layer.
  public static long mlp(int d, int hidden, int outputs) {
    return 2L * d * hidden + 2L * hidden * outputs;
  }

  /// Softmax attention with `heads` queries and values, counted a token as tokens come in: a query
  /// score, a value, and the running sum of both.
  public static long attention(int d, int heads) {
    return 4L * d * heads + 4L * heads;
  }

  /// A quadratic form of rank r: two products with each factor, then their sum.
  public static long bilinear(int d, int rank) {
    return 4L * d * rank + 2L * rank;
  }

  /// `parameters` that a token passes in the model; `bytes` of activations to be kept a token at
  /// `sites` places of width d.
  public static ProbeCost of(long probe, long parameters, int d, int sites, int bytesPerNumber) {
    return new ProbeCost(probe, 2 * parameters, (long) d * sites * bytesPerNumber);
  }

  /// The probe's operations as a share of the model's.
  public double share() {
    return (double) probe / model;
  }
}
