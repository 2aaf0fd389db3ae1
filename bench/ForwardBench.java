import dev.sonde.hook.*;
import dev.sonde.model.*;
import dev.sonde.tensor.*;

/// Our side of `bench/bench.py forward`: FOLDER [float32|bfloat16]. One forward pass with the embeddings and every residual captured, on
/// `BATCH LENGTH [logits]` tokens that count up; answers in seconds. The texts of a batch go to one worker a core, as captures
/// do; a text alone to one worker with all cores.
void main(String[] args) throws Exception {
  var folder = Path.of(args[0]);
  var numbers = Numerics.named(args.length > 1 ? args[1] : "float32");
  try (var one = Workers.of(1);
      var workers = Workers.open();
      var whole = Workers.wide();
      var model = Model.open(folder, one.call(Kernels::measure), numbers);
      var alone = Model.open(folder, whole.call(Kernels::measure), numbers)) {
    System.err.println("kernels: " + model.kernels().describe() + ", for one text: " + alone.kernels().describe());
    IO.println("ready");
    for (var line = IO.readln(); line != null && !line.equals("quit"); line = IO.readln()) {
      if (line.equals("gemm")) {
        IO.println(gemm(workers));
        continue;
      }
      var words = line.split(" ");
      int batch = Integer.parseInt(words[0]);
      int length = Integer.parseInt(words[1]);
      boolean logits = words.length > 2;
      long from = System.nanoTime();
      forward(batch == 1 ? alone : model, batch == 1 ? whole : workers, batch, length, logits);
      IO.println((System.nanoTime() - from) / 1e9);
    }
  }
}

void forward(Model model, Workers workers, int batch, int length, boolean logits) {
  var points = new ArrayList<Point>();
  points.add(Point.of(Place.EMBED));
  for (int l = 0; l < model.architecture().layers(); l++) {
    points.add(Point.residPost(l));
  }
  if (logits) {
    points.add(Point.of(Place.LOGITS));
  }
  var ids = new ArrayList<int[]>();
  for (int b = 0; b < batch; b++) {
    int from = b;
    ids.add(IntStream.range(0, length).map(i -> 1000 + 131 * from + i).toArray());
  }
  int share = Math.ceilDiv(batch, workers.count());
  var work = new ArrayList<java.util.function.Supplier<Long>>();
  for (int at = 0; at < batch; at += share) {
    var part = ids.subList(at, Math.min(batch, at + share));
    work.add(
        () -> {
          try (var mode = Mode.inference();
              var scope = Scope.open()) {
            var taps = model.read(Batch.of(part), points);
            long numbers = 0;
            for (var point : points) {
              for (int i = 0; i < part.size(); i++) {
                numbers += taps.of(point, i).count();
              }
            }
            return numbers;
          }
        });
  }
  long seen = workers.map(work).stream().mapToLong(n -> n).sum();
  if (seen < (long) batch * length) {
    throw new IllegalStateException("too few numbers were captured");
  }
}

/// GFLOP/s of all workers together on the matrices that the network has.
double gemm(Workers workers) {
  var piece =
      (java.util.function.Supplier<Double>)
          () -> {
            var x = Tensor.of(new float[512 * 768], 512, 768);
            var w = Tensor.of(new float[768 * 3072], 768, 3072);
            long from = System.nanoTime();
            for (int i = 0; i < 40; i++) {
              try (var scope = Scope.open()) {
                if (x.matmul(w).count() == 0) {
                  throw new IllegalStateException();
                }
              }
            }
            return 40 * 2.0 * 512 * 768 * 3072 / (System.nanoTime() - from);
          };
  return workers.map(Collections.nCopies(workers.count(), piece)).stream().mapToDouble(d -> d).sum();
}
