package dev.sonde.study;

import java.util.List;

/// A run that has ended, as its results tell it: what may be compared with another.
///
/// `accuracy` and `auroc` are those of the best site, `nested` the accuracy with the site chosen on
/// inner folds, `rows` every held-out row with the answer of that choice.
public record FinishedRun(
    String name,
    String model,
    String data,
    String digest,
    String label,
    String groupColumn,
    String probe,
    String site,
    Findings.Estimate accuracy,
    double auroc,
    Findings.Estimate nested,
    List<Row> rows) {
  /// A held-out row: the text's own group where no column gives one.
  public record Row(int row, String label, String group, boolean correct) {}

  public FinishedRun {
    rows = List.copyOf(rows);
  }
}
