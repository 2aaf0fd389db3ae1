import dev.sonde.activation.*;
import dev.sonde.data.*;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Seed;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.*;
import java.util.function.Supplier;

/// Our side of `bench/bench.py capture` and `memory`: obeys a line at a time, answers in seconds.
void main(String[] args) throws Exception {
  var home = Path.of(System.getProperty("user.home"), ".cache", "sonde");
  Kernels kernels;
  try (var one = Workers.of(1)) {
    kernels = one.call(Kernels::measure);
  }
  System.err.println("kernels: " + kernels.describe());
  try (var workers = Workers.open();
      var open = OpenModel.open("bert-base-uncased", home, kernels, Progress.NONE)) {
    var texts = mixed(Integer.parseInt(args[1]));
    Files.write(Path.of(args[0]), texts);
    var tokens = open.encode(texts, true);
    var capture = new Capture(open.model(), open.points(List.of("resid_post")), List.of(new Position.Last()));
    IO.println("ready " + tokens.stream().mapToInt(t -> t.size()).sum());
    for (var line = IO.readln(); line != null && !line.equals("quit"); line = IO.readln()) {
      long from = System.nanoTime();
      if (line.equals("gemm")) {
        IO.println(gemm(workers));
      } else if (line.equals("memory")) {
        IO.println(resident() + " " + heap());
      } else {
        capture.run(tokens, workers, Progress.NONE);
        IO.println((System.nanoTime() - from) / 1e9);
      }
    }
  }
}

/// Statements of mixed length: one to six sentences each.
List<String> mixed(int count) {
  var all = CityStatements.table(CityStatements.Form.BOTH, new Seed(1)).column("statement");
  var random = new Seed(1).forPurpose("bench").generator();
  var out = new ArrayList<String>();
  for (int i = 0; i < count; i++) {
    var text = new StringBuilder();
    for (int j = 0; j <= random.nextInt(6); j++) {
      text.append(all.get(random.nextInt(all.size()))).append(' ');
    }
    out.add(text.toString().strip());
  }
  return out;
}

/// GFLOP/s of all workers together on the matrices that the network has.
double gemm(Workers workers) {
  var piece =
      (Supplier<Double>)
          () -> {
            var x = Tensor.of(new float[1024 * 768], 1024, 768);
            var w = Tensor.of(new float[768 * 3072], 768, 3072);
            long from = System.nanoTime();
            for (int i = 0; i < 60; i++) {
              try (var scope = Scope.open()) {
                var y = x.matmul(w);
                if (y.count() == 0) {
                  throw new IllegalStateException();
                }
              }
            }
            return 60 * 2.0 * 1024 * 768 * 3072 / (System.nanoTime() - from);
          };
  return workers.map(Collections.nCopies(workers.count(), piece)).stream().mapToDouble(d -> d).sum();
}

long resident() throws Exception {
  System.gc();
  for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
    if (line.startsWith("VmRSS:")) {
      return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    }
  }
  return 0;
}

long heap() {
  return (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20;
}
