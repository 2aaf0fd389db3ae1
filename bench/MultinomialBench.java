import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.sequence.TokenSoftmax;
import dev.sonde.tensor.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/// Our side of `bench/bench.py multinomial`: rows of float32 that stay in their file, labels of
/// int32 in another. Arguments: rows file, labels file, d, classes, C, then `exact` or `fast`.
void main(String[] args) throws Exception {
  int d = Integer.parseInt(args[2]);
  int k = Integer.parseInt(args[3]);
  double c = Double.parseDouble(args[4]);
  try (var arena = Arena.ofShared();
      var channel = FileChannel.open(Path.of(args[0]));
      var workers = Workers.open()) {
    var segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    int n = Math.toIntExact(channel.size() / 4 / d);
    var x = Matrix.mapped(n, d, segment);
    var ints = java.nio.ByteBuffer.wrap(Files.readAllBytes(Path.of(args[1]))).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
    var labels = new int[n];
    ints.get(labels);
    var names = IntStream.range(0, k).mapToObj(i -> "class " + i).toList();
    var column = TokenLabels.Column.classes("y", names, labels);
    var train = new boolean[n];
    Arrays.fill(train, true);
    var settings = TokenSoftmax.Settings.DEFAULT.withC(c);
    var chosen = args[5].equals("exact") ? settings.exact() : settings;
    Memory.watch();
    IO.println("ready");
    for (var line = IO.readln(); line != null && !line.equals("quit"); line = IO.readln()) {
      long from = System.nanoTime();
      var fit = TokenSoftmax.fit(x, train, List.of(column), chosen, workers);
      double seconds = (System.nanoTime() - from) / 1e9;
      if (line.startsWith("write")) {
        write(Path.of(line.substring(6)), fit, d);
      }
      var end = fit.end(0);
      IO.println("%.3f %d %.3e %.12f %s".formatted(seconds, end.steps(), end.gradient(), end.value(), Memory.said()));
    }
  }
}

/// Directions and intercepts, a class after the other, float64.
void write(Path file, TokenSoftmax fit, int d) throws Exception {
  var out = java.nio.ByteBuffer.allocate(fit.probes(0).size() * (d + 1) * 8).order(ByteOrder.LITTLE_ENDIAN);
  for (var probe : fit.probes(0)) {
    for (double w : probe.direction()) {
      out.putDouble(w);
    }
    out.putDouble(probe.bias());
  }
  Files.write(file, out.array());
}

/// The most MiB of heap and native memory (resident, without the pages of mapped files) since the
/// beginning, looked at every 50 ms; then those of files now.
final class Memory {
  private static volatile long most;

  static void watch() {
    Thread.ofPlatform().daemon().start(() -> {
      while (true) {
        most = Math.max(most, now("RssAnon:"));
        java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
      }
    });
  }

  static String said() {
    return "%d %d".formatted(Math.max(most, now("RssAnon:")), now("RssFile:"));
  }

  private static long now(String name) {
    try {
      for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.split("\\s+")[1]) / 1024;
        }
      }
    } catch (java.io.IOException e) {
      // not Linux
    }
    return -1;
  }
}
