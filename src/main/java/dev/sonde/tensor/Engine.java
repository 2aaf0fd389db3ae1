package dev.sonde.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/// Starts libtorch once, in an environment in which it is fast and does not crash.
///
/// The native libraries read the environment when they are loaded, so everything here happens
/// before the first class of theirs is touched: every other class of this room calls [#start]
/// first.
///
/// Work is spread over [Workers], each of which computes with one thread ([Workers#wide] apart):
/// the same numbers come out whatever the number of workers, and the two thread pools of libtorch
/// (OpenMP and OpenBLAS) never wait for each other.
public final class Engine {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("GOMP_SPINCOUNT", "10000", "OPENBLAS_THREAD_TIMEOUT", "10");

  private Engine() {}

  /// Does nothing after the first call.
  public static void start() {
    Loaded.touch();
  }

  /// Loads libtorch beside whatever else is to be done first; who needs it earlier waits for it.
  public static void startInBackground() {
    Thread.ofPlatform()
        .daemon()
        .name("sonde-engine")
        .start(() -> {
          try {
            start();
          } catch (LinkageError e) {
            // told where the engine is first used
          }
        });
  }

  /// Threads that one operation of the calling thread may use; 1 within [Workers], but for
  /// [Workers#wide].
  static void threadsPerOperation(int threads) {
    torch.set_num_threads(threads);
  }

  /// What libtorch makes of this machine, by name.
  public static Map<String, String> describe() {
    start();
    var out = new LinkedHashMap<String, String>();
    out.put("instruction set", torch.get_cpu_capability().getString());
    out.put("threads per operation", Integer.toString(torch.get_num_threads()));
    out.put("oneDNN", torch.hasMKLDNN() ? "yes" : "no");
    return out;
  }

  private static final class Loaded {
    static {
      System.setProperty(
          "org.bytedeco.javacpp.maxPhysicalBytes",
          System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0"));
      System.setProperty(
          "org.bytedeco.javacpp.maxBytes",
          System.getProperty("org.bytedeco.javacpp.maxBytes", "0"));
      if (!System.getProperty("os.name").startsWith("Windows")) {
        ENVIRONMENT.forEach(Engine::setIfAbsent);
      }
      if (System.getProperty("os.name").startsWith("Linux")) {
        keepFreedPages();
      }
      openblas_nolapack.blas_set_num_threads(1);
      torch.set_num_threads(1);
    }

    static void touch() {}
  }

  private static void setIfAbsent(String name, String value) {
    try (var arena = Arena.ofConfined()) {
      var linker = Linker.nativeLinker();
      var setenv =
          linker.downcallHandle(
              linker.defaultLookup().find("setenv").orElseThrow(),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
      int rc = (int) setenv.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 0);
      if (rc != 0) {
        throw new IllegalStateException("setenv(" + name + ") failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// Page faults are dear on virtual machines: glibc should keep big blocks rather than give them
  /// back.
  private static void keepFreedPages() {
    final int trimThreshold = -1;
    final int topPad = -2;
    final int mmapThreshold = -3;
    var linker = Linker.nativeLinker();
    var found = linker.defaultLookup().find("mallopt");
    if (found.isEmpty()) {
      return; // not glibc
    }
    var mallopt =
        linker.downcallHandle(found.get(), FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      int ok = (int) mallopt.invokeExact(mmapThreshold, 1 << 30);
      ok += (int) mallopt.invokeExact(trimThreshold, Integer.MAX_VALUE);
      ok += (int) mallopt.invokeExact(topPad, 64 << 20);
      assert ok >= 0;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
