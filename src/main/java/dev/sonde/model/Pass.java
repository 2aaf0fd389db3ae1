package dev.sonde.model;

import dev.sonde.hook.Hook;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// One run of a network over one batch: which places are watched, and what happens there.
///
/// Where nothing is watched, [#at] hands the tensor back: a place costs a look-up.
public final class Pass {
  /// The block number of places whose rows are those of the whole batch.
  public static final int WHOLE = -1;

  private final Scope.Holder home;
  private final Batch batch;
  private final Map<Point, List<Hook>> hooks;
  private final Kernels kernels;
  private final Set<Point> reached = new HashSet<>();
  private final Map<Object, Object> shared = new HashMap<>();

  /// Belongs to the scope that is open.
  Pass(Batch batch, Map<Point, List<Hook>> hooks, Kernels kernels) {
    home = Scope.innermost();
    this.batch = batch;
    this.hooks = hooks;
    this.kernels = kernels;
  }

  public Batch batch() {
    return batch;
  }

  public Kernels kernels() {
    return kernels;
  }

  /// Rows or heads pass a place of a block.
  public Tensor at(Place place, int layer, Tensor value) {
    return at(Point.of(place, layer), value, WHOLE);
  }

  /// Rows pass a place outside the blocks.
  public Tensor at(Place place, Tensor value) {
    return at(Point.of(place), value, WHOLE);
  }

  /// The pattern or the scores of one block of texts pass.
  Tensor at(Place place, int layer, Tensor value, int block) {
    return at(Point.of(place, layer), value, block);
  }

  public boolean watches(Place place, int layer) {
    return hooks.containsKey(Point.of(place, layer));
  }

  public boolean watches(Place place) {
    return hooks.containsKey(Point.of(place));
  }

  /// Something on the heap that all layers of a run share, made by the first that asks.
  @SuppressWarnings("unchecked") // a key makes one kind of thing
  <T> T once(Object key, Supplier<T> make) {
    return (T) shared.computeIfAbsent(key, k -> make.get());
  }

  /// Tensors that all layers of a run share, made by the first that asks; they live as long as the
  /// run.
  List<Tensor> tensors(Object key, Supplier<List<Tensor>> make) {
    return once(key, () -> make.get().stream().map(home::adopt).toList());
  }

  Set<Point> reached() {
    return reached;
  }

  private Tensor at(Point point, Tensor value, int block) {
    var here = hooks.get(point);
    if (here == null) {
      return value;
    }
    reached.add(point);
    for (var hook : here) {
      value = hook.at(point, value, block);
    }
    return value;
  }
}
