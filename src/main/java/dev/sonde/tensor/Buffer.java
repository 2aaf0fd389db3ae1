package dev.sonde.tensor;

import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Rows that grow, `[a, row, b]`: a tensor with room at its end that outlives every scope until it
/// is closed. The one thing here that is written in place.
///
/// Rows carry no gradients. A buffer belongs to one thread at a time.
public final class Buffer implements AutoCloseable {
  private static final long FIRST = 32;

  private @Nullable Tensor room;

  /// Writes rows behind the first `from` and gives all of them to their end, as a view without a
  /// copy: what stood there is gone from earlier views too.
  ///
  /// @throws IllegalStateException for rows that gradients are asked of
  public Tensor write(Tensor rows, long from) {
    if (rows.raw().requires_grad()) {
      throw new IllegalStateException(
          "a buffer keeps no gradients: compute those of a whole text, without a cache");
    }
    long to = from + rows.size(1);
    var ready = withRoom(rows, from, to);
    copy(rows, ready.narrow(1, from, rows.size(1)));
    return ready.narrow(1, 0, to);
  }

  private Tensor withRoom(Tensor like, long from, long to) {
    var old = room;
    if (old != null && old.size(1) >= to) {
      return old;
    }
    long count = Math.max(to, old == null ? FIRST : 2 * old.size(1));
    var fresh =
        Lasting.tensor(() ->
            new Tensor(
                torch.empty(
                    new long[] {like.size(0), count, like.size(2)}, like.raw().options(), null)));
    if (old != null) {
      copy(old.narrow(1, 0, from), fresh.narrow(1, 0, from));
    }
    close();
    room = fresh;
    return fresh;
  }

  private static void copy(Tensor from, Tensor to) {
    try (var scope = Scope.open()) {
      to.raw().copy_(from.raw());
    }
  }

  /// Frees the rows; those that follow begin anew.
  @Override
  public void close() {
    if (room != null) {
      room.raw().releaseReference();
      room = null;
    }
  }
}
