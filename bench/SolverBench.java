import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.*;
import dev.sonde.tensor.Workers;
import java.nio.*;
import java.util.function.Supplier;

/// Our side of `bench/bench.py solver`: 24 labels x 5 folds x 4 C over the rows in a file of
/// float32 (n, d, X, then the labels as float32), basis included.
void main(String[] args) throws Exception {
  var bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(args[0]))).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  int n = (int) bytes.get();
  int d = (int) bytes.get();
  int q = (int) bytes.get();
  var x = new float[n * d];
  bytes.get(x);
  var labels = new boolean[q][n];
  for (int k = 0; k < q; k++) {
    for (int i = 0; i < n; i++) {
      labels[k][i] = bytes.get() > 0;
    }
  }
  double[] cs = {1e-4, 1e-3, 1e-2, 1e-1};
  try (var workers = Workers.open()) {
    IO.println("ready");
    for (var line = IO.readln(); line != null && !line.equals("quit"); line = IO.readln()) {
      long from = System.nanoTime();
      var basis = workers.call(() -> Basis.of(Matrix.ofFloats(n, d, x), Basis.Scaling.NONE));
      var pieces = new ArrayList<Supplier<Solution>>();
      for (int k = 0; k < q; k += 12) {
        var tasks = new ArrayList<Task>();
        for (int l = k; l < Math.min(q, k + 12); l++) {
          for (int fold = 0; fold < 5; fold++) {
            for (double c : cs) {
              tasks.add(Task.of(labels[l], without(n, fold), c));
            }
          }
        }
        pieces.add(() -> new Logistic().solve(basis, tasks, true));
      }
      var solutions = workers.map(pieces);
      double seconds = (System.nanoTime() - from) / 1e9;
      if (line.startsWith("write")) {
        write(Path.of(line.substring(6)), solutions, d, workers);
      }
      IO.println(seconds);
    }
  }
}

boolean[] without(int n, int fold) {
  var out = new boolean[n];
  for (int i = 0; i < n; i++) {
    out[i] = i % 5 != fold;
  }
  return out;
}

/// The weights of the first label's twenty probes, float64.
void write(Path file, List<Solution> solutions, int d, Workers workers) throws Exception {
  var out = ByteBuffer.allocate(20 * d * 8).order(ByteOrder.LITTLE_ENDIAN);
  for (int t = 0; t < 20; t++) {
    int task = t;
    for (double w : workers.call(() -> solutions.getFirst().probe(task)).direction()) {
      out.putDouble(w);
    }
  }
  Files.write(file, out.array());
}
