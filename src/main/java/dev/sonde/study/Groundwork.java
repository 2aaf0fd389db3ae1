package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.ClassCv;
import dev.sonde.eval.NestedCv;
import dev.sonde.evidence.LabelModel;
import dev.sonde.evidence.LearningCurve;
import dev.sonde.evidence.LinearModel;
import dev.sonde.evidence.OnlineCode;
import dev.sonde.evidence.VInformation;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Multinomial;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The evidence at one site, each kind a piece of work for itself over one basis of its rows.
final class Groundwork {
  /// Draws of each size of a learning curve.
  private static final int DRAWS = 3;

  private final Evidence evidence;
  private final Fits fits;
  private final Classes classes;
  private final Groups groups;
  private final Seed seed;
  private final double[] blank;

  Groundwork(Evidence evidence, Fits fits) {
    this.evidence = evidence;
    this.fits = fits;
    classes = (Classes) evidence.corpus().target();
    groups = evidence.corpus().groups();
    seed = new Seed(evidence.settings().seed()).forPurpose("grounds");
    blank =
        VInformation.heldOut(
            LabelModel.prior(classes.toArray(), evidence.labels().count()),
            classes.toArray(),
            evidence.folds());
  }

  Grounds.Code code(Basis basis) {
    var code =
        OnlineCode.byGroup(
            LinearModel.choosing(basis, classes, groups, seed), classes.toArray(), groups, seed);
    var dealt = Classes.of(classes.names(), evidence.dealt(1));
    var none =
        OnlineCode.byGroup(
            LinearModel.choosing(basis, dealt, groups, seed), dealt.toArray(), groups, seed);
    return new Grounds.Code(
        code.bits(),
        code.uniformBits(),
        code.compression(),
        none.bits(),
        Arrays.stream(code.ends()).boxed().toList(),
        Arrays.stream(code.blocks()).boxed().toList());
  }

  /// Empty if the rows to draw from lack a class, or those asked about are of one.
  Optional<Grounds.Curve> curve(Basis basis, double c) {
    var folds = evidence.folds();
    var test = folds.rows(0);
    var kept = folds.without(0);
    var train = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
    if (kinds(train) < evidence.labels().count() || kinds(test) < 2) {
      return Optional.empty();
    }
    var curve =
        LearningCurve.run(fits.auroc(basis, evidence, test, c), classes, train, DRAWS, seed);
    var points = curve.points();
    return Optional.of(
        new Grounds.Curve(
            points.stream()
                .map(p ->
                    new Grounds.CurvePoint(p.rows(), p.mean(), p.range().low(), p.range().high()))
                .toList(),
            DRAWS,
            test.length,
            c,
            curve.area(),
            curve.rowsToReach(0.9, 0.5),
            lastDoubling(points)));
  }

  private long kinds(int[] rows) {
    return Arrays.stream(rows).map(classes::at).distinct().count();
  }

  /// The last value less that at half of the rows, straight between points on the log scale.
  private static double lastDoubling(List<LearningCurve.Point> points) {
    var last = points.getLast();
    double half = last.rows() / 2.0;
    int s = 1;
    while (s < points.size() - 1 && points.get(s).rows() < half) {
      s++;
    }
    var a = points.get(s - 1);
    var b = points.get(s);
    double part = Math.log(half / a.rows()) / Math.log((double) b.rows() / a.rows());
    return last.mean() - (a.mean() + Math.clamp(part, 0, 1) * (b.mean() - a.mean()));
  }

  /// Usable information of held-out scores, in bits a row.
  VInformation information(double[] scores, boolean probabilities) {
    return VInformation.of(logs(scores, probabilities), blank, groups);
  }

  /// The log-probability of each row's own class; scores that mean no probability are first brought
  /// there by Platt's map, or of several classes by a temperature.
  private double[] logs(double[] scores, boolean probabilities) {
    return evidence.logProbabilities(probabilities ? scores : Rescaling.probable(evidence, scores));
  }

  /// What the activations know, and what of it the best baseline does not: both together against
  /// the baseline alone (or against nothing, where the baseline knows nothing).
  Grounds.Information information(Matrix x, double[] scores, List<Rival> rivals) {
    var own = information(scores, fits.probabilities());
    var bits = new ArrayList<Grounds.BaselineBits>();
    for (var rival : rivals) {
      var known = information(rival.scores(), rival.probabilities());
      bits.add(new Grounds.BaselineBits(rival.baseline().name(), known.bits(), known.error()));
    }
    int best =
        IntStream.range(0, rivals.size())
            .filter(r -> rivals.get(r).x().isPresent() && bits.get(r).bits() > 0)
            .boxed()
            .max(Comparator.comparingDouble(r -> bits.get(r).bits()))
            .orElse(-1);
    var given = best < 0 ? "the share of each class" : bits.get(best).name();
    var added = best < 0 ? own : added(x, rivals.get(best));
    return new Grounds.Information(
        own.bits(),
        own.error(),
        own.entropy(),
        given,
        added.bits(),
        added.error(),
        bits,
        Arrays.stream(own.pointwise()).boxed().toList());
  }

  private VInformation added(Matrix x, Rival rival) {
    var joint = Basis.of(beside(x, rival.x().orElseThrow()), Basis.Scaling.COMMON);
    var folds = evidence.folds();
    var both =
        evidence.several()
            ? ClassCv.run(new Multinomial(), joint, classes, folds).scores()
            : NestedCv.run(new Logistic(), joint, evidence.labels().toArray(), folds).scores();
    return VInformation.of(
        evidence.logProbabilities(both), logs(rival.scores(), rival.probabilities()), groups);
  }

  /// Both side by side, each in its own basis, so that neither outweighs the other by its units.
  private static Matrix beside(Matrix a, Matrix b) {
    try (var scope = Scope.open()) {
      var one = Basis.of(a, Basis.Scaling.COMMON);
      var two = Basis.of(b, Basis.Scaling.COMMON);
      double scale = Math.sqrt((double) a.cols() / b.cols());
      int n = a.rows();
      int d = one.rank() + two.rank();
      var left = one.z().toDoubles();
      var right = two.z().toDoubles();
      var out = new double[n * d];
      for (int i = 0; i < n; i++) {
        System.arraycopy(left, i * one.rank(), out, i * d, one.rank());
        for (int j = 0; j < two.rank(); j++) {
          out[i * d + one.rank() + j] = scale * right[i * two.rank() + j];
        }
      }
      return Matrix.ofDoubles(n, d, out);
    }
  }
}
