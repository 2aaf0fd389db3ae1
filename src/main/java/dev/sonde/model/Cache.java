package dev.sonde.model;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.tensor.Buffer;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// What one text leaves behind for the tokens that follow it: the keys and values of every layer,
/// keys as they were turned, so that a network reads each token once.
///
/// [Batch#after] says which texts go on where. A run that fails leaves a cache as it was. Its
/// tensors live until it is closed. It belongs to one model, and to one thread at a time.
public final class Cache implements AutoCloseable {
  private final Model model;
  private final List<Layer> layers = new ArrayList<>();
  private int length;

  private record Layer(Buffer keys, Buffer values) {}

  /// `[text, kv_head, pos, d_head]` each.
  record Pair(Tensor keys, Tensor values) {}

  private Cache(Model model) {
    this.model = model;
    for (int l = 0; l < model.architecture().layers(); l++) {
      layers.add(new Layer(new Buffer(), new Buffer()));
    }
  }

  /// An empty one.
  ///
  /// @throws dev.sonde.io.BadInput for a network whose tokens see what stands behind them
  @MustBeClosed
  public static Cache of(Model model) {
    model.mustContinue();
    return new Cache(model);
  }

  /// How many tokens were read.
  public int length() {
    return length;
  }

  /// Forgets all but the first tokens.
  public void cut(int tokens) {
    if (tokens < 0 || tokens > length) {
      throw new IllegalArgumentException(
          "%d tokens of a text of %d cannot be kept".formatted(tokens, length));
    }
    length = tokens;
  }

  boolean isOf(Model other) {
    return model == other;
  }

  void grow(int by) {
    length += by;
  }

  /// The keys and values of a layer for the texts of one block, those that were read before and the
  /// new ones.
  static Pair with(List<Cache> texts, int layer, Tensor keys, Tensor values) {
    if (texts.isEmpty()) {
      return new Pair(keys, values);
    }
    var allKeys = new ArrayList<Tensor>();
    var allValues = new ArrayList<Tensor>();
    for (int i = 0; i < texts.size(); i++) {
      var own = texts.get(i);
      var at = own.layers.get(layer);
      allKeys.add(at.keys.write(keys.select(0, i), own.length).unsqueeze(0));
      allValues.add(at.values.write(values.select(0, i), own.length).unsqueeze(0));
    }
    return new Pair(joined(allKeys), joined(allValues));
  }

  private static Tensor joined(List<Tensor> parts) {
    return parts.size() == 1 ? parts.getFirst() : Tensor.cat(0, parts);
  }

  @Override
  public void close() {
    length = 0;
    for (var layer : layers) {
      layer.keys.close();
      layer.values.close();
    }
  }
}
