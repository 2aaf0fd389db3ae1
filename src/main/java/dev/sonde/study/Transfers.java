package dev.sonde.study;

import dev.sonde.evidence.TransferMatrix;
import dev.sonde.provenance.Digest;
import java.util.List;
import java.util.Map;

/// What [TransferStudy] found.
///
/// `layers` holds a line a site; `matrix[i][j]` is trained on set i and asked about set j, at the
/// site `best`; `leftOut[j]` is trained on all others (empty with two sets); `together` are sets
/// trained as one; `cosines` those of the directions; `shared[i][j]` is the share of set j's groups
/// that set i has too.
public record Transfers(
    Origin origin,
    List<Layer> layers,
    int best,
    List<String> names,
    List<List<TransferMatrix.Cell>> matrix,
    List<TransferMatrix.Cell> leftOut,
    List<Together> together,
    List<List<Double>> cosines,
    List<List<Double>> shared,
    TransferMatrix.Summary auroc,
    TransferMatrix.Summary accuracy,
    String verdict) {
  /// Where the numbers come from.
  public record Origin(
      String sondeVersion,
      Findings.ModelInfo model,
      List<DataInfo> data,
      String probe,
      Map<String, String> settings,
      Digest identity,
      String created) {}

  /// A data set; `group` is the column whose values stay on one side, empty for every row by
  /// itself.
  public record DataInfo(String name, String source, Digest digest, int rows, String group) {}

  /// A site: accuracy on inner folds (what the site is chosen by), and the mean AUROC on the
  /// diagonal and off it.
  public record Layer(
      String point, String position, int layer, double inner, double own, double other) {}

  /// Sets trained as one, asked about each.
  public record Together(String name, List<TransferMatrix.Cell> cells) {}

  public Transfers {
    layers = List.copyOf(layers);
    names = List.copyOf(names);
    matrix = matrix.stream().map(List::copyOf).toList();
    leftOut = List.copyOf(leftOut);
    together = List.copyOf(together);
    cosines = cosines.stream().map(List::copyOf).toList();
    shared = shared.stream().map(List::copyOf).toList();
  }
}
