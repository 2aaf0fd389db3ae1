package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.probe.Linear;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One direction a class, read at every word: what [TokenSoftmax] learnt of one column of labels.
public record Tagger(List<Linear> classes) implements SequenceProbe {
  public Tagger {
    classes = List.copyOf(classes);
    if (classes.size() < 2) {
      throw new IllegalArgumentException("a tagger tells two classes or more apart");
    }
  }

  /// A probability for each class of each row, `[row][class]`.
  public double[][] probabilities(Matrix rows) {
    var out = new double[rows.rows()][classes.size()];
    for (int k = 0; k < classes.size(); k++) {
      var scores = classes.get(k).scores(rows);
      for (int i = 0; i < out.length; i++) {
        out[i][k] = scores[i];
      }
    }
    for (var row : out) {
      double top = Arrays.stream(row).max().orElseThrow();
      double sum = 0;
      for (int k = 0; k < row.length; k++) {
        row[k] = Math.exp(row[k] - top);
        sum += row[k];
      }
      for (int k = 0; k < row.length; k++) {
        row[k] /= sum;
      }
    }
    return out;
  }

  @Override
  public String kind() {
    return "tags";
  }

  @Override
  public int width() {
    return classes.getFirst().direction().length;
  }

  @Override
  public Map<String, Matrix> parameters() {
    return SavedSequence.arrays(classes);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of();
  }
}
