package dev.sonde.tensor;

import com.google.errorprone.annotations.MustBeClosed;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GradMode;

/// Whether the operations of this thread remember how they were made, so that gradients can be
/// asked for.
public final class Mode implements AutoCloseable {
  static {
    Engine.start();
  }

  private final AutoGradMode guard;

  private Mode(boolean gradients) {
    guard = new AutoGradMode(gradients);
  }

  /// Until closed, no gradients: less memory, faster kernels.
  @MustBeClosed
  public static Mode inference() {
    return new Mode(false);
  }

  /// Until closed, gradients.
  @MustBeClosed
  public static Mode gradients() {
    return new Mode(true);
  }

  static boolean withGradients() {
    return GradMode.is_enabled();
  }

  @Override
  public void close() {
    guard.close();
  }
}
