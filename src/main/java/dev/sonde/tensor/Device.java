package dev.sonde.tensor;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/// Where tensors lie and operations run. Each thread has a current device, on which its new tensors
/// are made: the processor, but inside [#use].
///
/// docs/gpu.md says how a build with CUDA is made.
public enum Device {
  CPU,
  CUDA;

  private static final ThreadLocal<Device> CURRENT = ThreadLocal.withInitial(() -> CPU);

  /// Until closed, new tensors of this thread are made on a device.
  public static final class Use implements AutoCloseable {
    private final Device before = CURRENT.get();

    private Use(Device device) {
      CURRENT.set(device);
    }

    @Override
    public void close() {
      CURRENT.set(before);
    }
  }

  @MustBeClosed
  public Use use() {
    return new Use(this);
  }

  static Device current() {
    return CURRENT.get();
  }

  /// @throws BadInput if this machine, or this build, does not have it
  public void mustBeThere() {
    Engine.start();
    if (this == CUDA && !torch.hasCUDA()) {
      throw new BadInput(
          "--device cuda: this build of libtorch knows the processor alone; build with the Maven profile cuda (docs/gpu.md)");
    }
    if (this == CUDA && !torch.cuda_is_available()) {
      throw new BadInput("--device cuda: no GPU that CUDA can use was found (docs/gpu.md)");
    }
  }

  /// @throws BadInput for a name that is neither cpu nor cuda
  public static Device named(String name) {
    for (var device : values()) {
      if (device.label().equals(name)) {
        return device;
      }
    }
    throw new BadInput("--device takes cpu or cuda, not '%s'".formatted(name));
  }

  /// The name that [#named] reads.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
