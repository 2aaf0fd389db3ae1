package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What a saved probe of any kind says of rows: a column of numbers an output.
///
/// A score (`linear`, `quadratic`, `mlp` of two classes, `bilinear`), the probability of the first
/// of a pair being the true one (`ccs`), or a number a class or coordinate (`linear-map`, `mlp`).
public record Answers(List<List<Double>> columns) {
  public Answers {
    columns = columns.stream().map(List::copyOf).toList();
  }

  /// `second` are the other rows of the pairs, for kinds that read two (`bilinear`, `ccs`).
  ///
  /// @throws BadInput if rows are of another width, or the second ones are missing or not wanted
  public static Answers of(Fitted probe, Matrix x, Optional<Matrix> second) {
    boolean pairs = probe instanceof Bilinear || probe instanceof Ccs;
    if (pairs != second.isPresent()) {
      throw new BadInput(
          pairs
              ? "a probe of kind %s reads pairs; give the rows of the other side too (--second)"
                  .formatted(probe.kind())
              : "a probe of kind %s reads one row at a time; leave out --second"
                  .formatted(probe.kind()));
    }
    second
        .filter(y -> y.rows() != x.rows())
        .ifPresent(y -> {
          throw new BadInput(
              "pairs have a row on either side, but there are %d and %d rows"
                  .formatted(x.rows(), y.rows()));
        });
    mustRead(probe, x, 0);
    second.ifPresent(y -> mustRead(probe, y, 1));
    return switch (probe) {
      case Bilinear b -> one(b.scores(x, second.orElseThrow()));
      case Ccs c -> one(c.answers(x, second.orElseThrow()));
      case LinearMap map -> many(map.of(x));
      case Mlp mlp when mlp.classes() != 2 -> many(mlp.outputs(x));
      case Probe single -> one(single.scores(x));
      default -> throw new IllegalStateException("no way to score a probe of kind " + probe.kind());
    };
  }

  private static void mustRead(Fitted probe, Matrix x, int side) {
    int width = width(probe, side);
    if (x.cols() != width) {
      throw new BadInput(
          "the probe reads rows of %d numbers, these have %d; are they of the same model and layer?"
              .formatted(width, x.cols()));
    }
  }

  /// How many numbers a row has that the probe reads.
  static int width(Fitted probe, int side) {
    var p = probe.parameters();
    var array =
        switch (probe.kind()) {
          case "quadratic" -> "mean";
          case "mlp" -> "mean";
          case "bilinear" -> side == 0 ? "left_mean" : "right_mean";
          default -> "direction";
        };
    return Kinds.array(p, array).cols();
  }

  private static Answers one(double[] scores) {
    return new Answers(List.of(Arrays.stream(scores).boxed().toList()));
  }

  private static Answers many(double[][] rows) {
    return new Answers(
        IntStream.range(0, rows[0].length)
            .mapToObj(k -> Arrays.stream(rows).map(r -> r[k]).toList())
            .toList());
  }

  public int rows() {
    return columns.getFirst().size();
  }

  /// The output with the largest number of a row.
  public int largest(int row) {
    return IntStream.range(0, columns.size())
        .reduce((a, b) -> columns.get(b).get(row) > columns.get(a).get(row) ? b : a)
        .orElseThrow();
  }
}
