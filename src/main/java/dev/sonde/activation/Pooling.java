package dev.sonde.activation;

import dev.sonde.model.Batch;
import dev.sonde.tensor.Tensor;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;

/// Rows of all tokens of a batch → the rows that a position asks for, texts in the order handed in.
sealed interface Pooling {
  Tensor apply(Tensor rows);

  /// Rows as they are.
  record Pick(Tensor ids) implements Pooling {
    @Override
    public Tensor apply(Tensor rows) {
      return rows.pick(0, ids);
    }
  }

  /// Means: a matrix of weights times the rows.
  record Average(Tensor weights) implements Pooling {
    @Override
    public Tensor apply(Tensor rows) {
      return weights.matmul(rows);
    }
  }

  static Pooling of(Position position, List<Tokens> texts, Batch batch) {
    boolean single =
        switch (position) {
          case Position.Mean _, Position.Span _ -> false;
          default -> true;
        };
    return single ? pick(position, texts, batch) : average(position, texts, batch);
  }

  private static Pooling pick(Position position, List<Tokens> texts, Batch batch) {
    var ids = new ArrayList<Long>();
    for (int i = 0; i < texts.size(); i++) {
      for (int token : position.tokens(texts.get(i))) {
        ids.add((long) batch.firstRow(i) + token);
      }
    }
    return new Pick(Tensor.of(ids.stream().mapToLong(Long::longValue).toArray(), ids.size()));
  }

  private static Pooling average(Position position, List<Tokens> texts, Batch batch) {
    var weights = new float[Math.multiplyExact(texts.size(), batch.rows())];
    for (int i = 0; i < texts.size(); i++) {
      int[] tokens = position.tokens(texts.get(i));
      for (int token : tokens) {
        weights[i * batch.rows() + batch.firstRow(i) + token] = 1f / tokens.length;
      }
    }
    return new Average(Tensor.of(weights, texts.size(), batch.rows()));
  }
}
