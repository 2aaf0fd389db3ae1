package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.sequence.SequenceProbe;
import java.util.List;

/// What a [TokenStudy] does with the rows of one point.
interface TokenInquiry {
  String metric();

  String second();

  /// The classes, if there are any.
  List<String> classes();

  /// Trained on the first sentences, scored on the others. `control` asks for the control task too.
  Score at(Matrix rows, boolean control);

  List<TokenFindings.Baseline> baselines();

  /// Of every held-out sentence what was right out of what there was; the second measure; accuracy
  /// on the control task (NaN where there is none); steps of the solver.
  record Score(
      List<Double> right,
      List<Double> total,
      double second,
      double control,
      int steps,
      TokenFindings.Nonlinear nonlinear,
      SequenceProbe probe) {
    public Score {
      right = List.copyOf(right);
      total = List.copyOf(total);
    }

    double accuracy() {
      return sum(right) / sum(total);
    }

    private static double sum(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).sum();
    }
  }
}
