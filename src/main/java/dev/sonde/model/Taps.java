package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.tensor.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was read at some points in one run, text by text.
public final class Taps {
  private final Batch batch;
  private final Map<Point, Map<Integer, Tensor>> read;

  Taps(Batch batch, Map<Point, Map<Integer, Tensor>> read) {
    this.batch = batch;
    this.read = read;
  }

  /// The numbers of text `i` at a point: `[pos, …]`, patterns and scores `[head, q, k]`.
  ///
  /// @throws IllegalArgumentException for a point that was not asked for
  public Tensor of(Point point, int i) {
    if (point.place().shape() == Place.Shape.PATTERN) {
      return part(point, batch.blockOf(i)).select(0, batch.placeInBlock(i));
    }
    return part(point, Pass.WHOLE).narrow(0, batch.firstRow(i), batch.length(i));
  }

  /// All rows of the batch, `[token, …]`, texts as [Batch] lays them out.
  public Tensor rows(Point point) {
    return part(point, Pass.WHOLE);
  }

  /// The tensors of a point: one, or one a block of texts for patterns and scores.
  List<Tensor> parts(Point point) {
    return List.copyOf(new TreeMap<>(read.getOrDefault(point, Map.of())).values());
  }

  /// The same arrangement with other tensors, taken in the order of [#parts].
  Taps replaced(Collection<Point> points, Iterator<Tensor> with) {
    var out = new HashMap<Point, Map<Integer, Tensor>>();
    for (var point : points) {
      var parts = new HashMap<Integer, Tensor>();
      new TreeMap<>(read.getOrDefault(point, Map.of()))
          .keySet()
          .forEach(block -> parts.put(block, with.next()));
      out.put(point, parts);
    }
    return new Taps(batch, out);
  }

  private Tensor part(Point point, int block) {
    var parts = read.get(point);
    if (parts == null || !parts.containsKey(block)) {
      throw new IllegalArgumentException(point + " was not asked for in this run");
    }
    return parts.get(block);
  }
}
