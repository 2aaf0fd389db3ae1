import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.provenance.Seed;
import dev.sonde.sequence.AttentionProbe;
import dev.sonde.sequence.Sequences;
import dev.sonde.tensor.Workers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Our side of `bench/bench.py attention`: texts of float32 rows, their lengths and labels as int32
/// in three files of a folder. A line `HEADS` trains one start of a softmax probe; the answer is
/// its seconds, its loss (penalty included) and how long the gradient is in the end.
void main(String[] args) throws Exception {
  var folder = Path.of(args[0]);
  int d = Integer.parseInt(args[1]);
  double decay = Double.parseDouble(args[2]);
  var lengths = ints(folder.resolve("lengths"));
  var labels = ints(folder.resolve("labels"));
  var floats = bytes(folder.resolve("rows")).asFloatBuffer();
  var values = new float[floats.remaining()];
  floats.get(values);
  var x = Sequences.of(Matrix.ofFloats(values.length / d, d, values), lengths);
  var y = Classes.of(List.of("no", "yes"), labels);
  try (var workers = Workers.open()) {
    IO.println("ready");
    for (var line = IO.readln(); line != null && !line.equals("quit"); line = IO.readln()) {
      var settings = AttentionProbe.Settings.DEFAULT.withStarts(1).withDecay(decay).inFloat32().withHeads(Integer.parseInt(line.strip()));
      long from = System.nanoTime();
      var probe = AttentionProbe.fit(x, y, settings, new Seed(1), workers);
      IO.println("%.4f %.9f %.2e %d".formatted((System.nanoTime() - from) / 1e9, probe.loss(), probe.gradient(), probe.steps()));
    }
  }
}

ByteBuffer bytes(Path file) throws Exception {
  return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
}

int[] ints(Path file) throws Exception {
  var buffer = bytes(file).asIntBuffer();
  var out = new int[buffer.remaining()];
  buffer.get(out);
  return out;
}
