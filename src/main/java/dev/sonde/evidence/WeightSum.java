package dev.sonde.evidence;

/// Joint weights as a sum of single ones, `w_J ≈ alpha w_t + beta w_c`, by least squares without an
/// intercept: for published weights that come without activations.
///
/// `r2` is the share of the squared length explained, `cosine` that of the sum with the joint
/// weights. Where all three probes were trained on the same rows this is the naive measure, which
/// finds what the *labels* share even in noise; with activations take [Composition].
public record WeightSum(
    double alpha,
    double beta,
    double r2,
    double cosine,
    double cosineFirst,
    double cosineSecond,
    double cosineBetween) {

  /// Three directions of one width, none of them 0.
  public static WeightSum of(double[] joint, double[] first, double[] second) {
    double aa = dot(first, first);
    double bb = dot(second, second);
    double ab = dot(first, second);
    double ja = dot(joint, first);
    double jb = dot(joint, second);
    double jj = dot(joint, joint);
    if (!(aa > 0 && bb > 0 && jj > 0)) {
      throw new IllegalArgumentException("a direction that is 0 everywhere has no cosine");
    }
    double det = aa * bb - ab * ab;
    boolean parallel = det <= 1e-12 * aa * bb;
    double alpha = parallel ? ja / aa : (ja * bb - jb * ab) / det;
    double beta = parallel ? 0 : (jb * aa - ja * ab) / det;
    double along = alpha * ja + beta * jb;
    double length = Math.sqrt(alpha * alpha * aa + 2 * alpha * beta * ab + beta * beta * bb);
    return new WeightSum(
        alpha,
        beta,
        along / jj,
        length > 0 ? along / (length * Math.sqrt(jj)) : 0,
        ja / Math.sqrt(aa * jj),
        jb / Math.sqrt(bb * jj),
        ab / Math.sqrt(aa * bb));
  }

  private static double dot(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "directions of %d and %d numbers cannot be compared".formatted(a.length, b.length));
    }
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
