package dev.sonde.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.data.Npy;
import dev.sonde.data.Table;
import dev.sonde.eval.OneVsRest;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two real classifiers of digits against what ONNX Runtime elsewhere computed for them.
final class DigitsTest {
  private static final List<String> BOTH = List.of("digits-clean", "digits-flawed");

  private static NdArray stored(SafeTensors file, String name) {
    var bytes = file.segment(name).toArray(ValueLayout.JAVA_BYTE);
    return NdArray.of(NdArray.Kind.FLOAT32, MemorySegment.ofArray(bytes), file.shape(name));
  }

  private static Map<String, NdArray> all(SafeTensors file) {
    var out = new LinkedHashMap<String, NdArray>();
    file.names().forEach(name -> out.put(name, stored(file, name)));
    return out;
  }

  private static double distance(NdArray a, NdArray b) {
    double scale = 0;
    double largest = 0;
    assertThat(a.shape()).containsExactly(b.shape());
    for (long i = 0; i < a.count(); i++) {
      scale = Math.max(scale, Math.abs(b.at(i)));
      largest = Math.max(largest, Math.abs(a.at(i) - b.at(i)));
    }
    return largest / scale;
  }

  private static Map<String, NdArray> run(
      Network network, NdArray images, Map<String, Change> edits, Map<String, NdArray> values) {
    var names = network.points().stream().filter(TensorPoint::computed).map(TensorPoint::name);
    try (var run = network.editing(names.toList(), edits)) {
      return run.once(Map.of("image", images), values);
    }
  }

  private static NdArray of(Map<String, NdArray> out, String name) {
    var found = out.get(name);
    assertThat(found).as(name).isNotNull();
    return found == null ? NdArray.of(new float[0], 0) : found;
  }

  @Test
  void everyTensorEqualsTheReference() {
    Shared.folder("models/digits-cnn")
        .ifPresent(folder -> {
          int count = 0;
          double largest = 0;
          for (var name : BOTH) {
            var network = Network.open(folder.resolve(name + ".onnx"));
            try (var file = SafeTensors.open(folder.resolve(name + "-reference.safetensors"))) {
              var reference = all(file);
              var out = run(network, of(reference, "image"), Map.of(), Map.of());
              assertThat(out.size() + 1).isEqualTo(reference.size());
              for (var entry : out.entrySet()) {
                double off = distance(entry.getValue(), of(reference, entry.getKey()));
                assertThat(off).as(entry.getKey()).isLessThan(1e-5);
                largest = Math.max(largest, off);
                count++;
              }
            }
          }
          System.out.printf(
              "ONNX: %d tensors of 2 networks equal the reference, farthest %.1e of scale%n",
              count, largest);
          assertThat(count).isEqualTo(24);
        });
  }

  @Test
  void theOtherNetworkDoesNotEqualIt() {
    Shared.folder("models/digits-cnn")
        .ifPresent(folder -> {
          var network = Network.open(folder.resolve("digits-clean.onnx"));
          try (var file = SafeTensors.open(folder.resolve("digits-flawed-reference.safetensors"))) {
            var reference = all(file);
            var out = run(network, of(reference, "image"), Map.of(), Map.of());
            assertThat(distance(of(out, "logits"), of(reference, "logits"))).isGreaterThan(1e-2);
          }
        });
  }

  @Test
  void aZeroChangesNothingAndANumberDoes() {
    Shared.folder("models/digits-cnn")
        .ifPresent(folder -> {
          var network = Network.open(folder.resolve("digits-clean.onnx"));
          var images = images(folder, 8);
          var plain = run(network, images, Map.of(), Map.of());
          int edits = 0;
          for (var point : network.points()) {
            if (!point.computed() || !point.consumed()) {
              continue;
            }
            var name = point.name();
            var same = of(plain, name);
            var zero = NdArray.of(new float[(int) same.count()], same.shape());
            var add = Map.of(name, Change.ADD);
            var replace = Map.of(name, Change.REPLACE);
            var logits = of(plain, "logits");
            assertThat(logits(network, images, add, zero)).isEqualTo(logits);
            assertThat(logits(network, images, replace, same)).isEqualTo(logits);
            assertThat(logits(network, images, replace, zero)).as(name).isNotEqualTo(logits);
            assertThat(logits(network, images, add, same)).as(name).isNotEqualTo(logits);
            edits++;
          }
          assertThat(edits).isEqualTo(11);
        });
  }

  private static NdArray logits(
      Network network, NdArray images, Map<String, Change> edits, NdArray value) {
    var name = edits.keySet().iterator().next();
    return of(run(network, images, edits, Map.of(name, value)), "logits");
  }

  private static NdArray images(Path folder, int count) {
    return Npy.read(folder.resolve("images.npy")).slice(0, count).reshape(count, 1, 8, 8);
  }

  private static Matrix rows(Network network, String tensor, NdArray images) {
    try (var run = network.capturing(List.of(tensor))) {
      return of(run.all(Map.of("image", images)), tensor).toMatrix();
    }
  }

  private static OneVsRest probe(Matrix x, Classes labels, boolean[] train, int permutations) {
    try (var workers = Workers.of(1)) {
      return workers.call(() ->
          OneVsRest.run(
              new Logistic(),
              Basis.of(x, Basis.Scaling.COMMON),
              labels,
              train,
              permutations,
              new Seed(3)));
    }
  }

  private static Classes classes(NdArray labels) {
    return Classes.of(
        IntStream.range(0, labels.rows()).mapToObj(i -> Long.toString(labels.integer(i))).toList());
  }

  private static boolean[] flags(NdArray array) {
    var out = new boolean[array.rows()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.integer(i) == 1;
    }
    return out;
  }

  @Test
  void depthHelpsAndRandomLabelsFindNothing() {
    Shared.folder("models/digits-cnn")
        .ifPresent(folder -> {
          var network = Network.open(folder.resolve("digits-clean.onnx"));
          var images = images(folder, 1797);
          var labels = classes(Npy.read(folder.resolve("labels.npy")));
          var train = flags(Npy.read(folder.resolve("split.npy")));
          double majority = OneVsRest.majority(labels, train);
          double first = probe(images.toMatrix(), labels, train, 0).accuracy();
          var deep = probe(rows(network, "/Relu_3_output_0", images), labels, train, 9);
          assertThat(majority).isLessThan(0.15);
          assertThat(first).isGreaterThan(0.9);
          assertThat(deep.accuracy()).isGreaterThan(first).isGreaterThan(0.97);
          assertThat(deep.pValue()).isEqualTo(0.1);
          assertThat(Arrays.stream(deep.nulls()).max().orElse(1)).isLessThan(0.2);
          var random = new Seed(8).generator();
          var dealt =
              Classes.of(
                  labels.names(),
                  IntStream.range(0, labels.size()).map(i -> random.nextInt(10)).toArray());
          var nothing = probe(rows(network, "/Relu_3_output_0", images), dealt, train, 9);
          assertThat(nothing.accuracy()).isLessThan(0.2);
          assertThat(nothing.pValue()).isGreaterThan(0.1);
        });
  }

  @Test
  void theFlawedNetworkKnowsTheCorner() {
    Shared.folder("models/digits-cnn")
        .ifPresent(folder -> {
          var table = Table.read(folder.resolve("flawed-training-labels.csv"));
          var index = table.column("index").stream().mapToInt(Integer::parseInt).toArray();
          var given = Classes.of(table.column("given"));
          var corner = table.column("corner");
          assertThat(given.names()).hasSize(10);
          for (var name : BOTH) {
            var network = Network.open(folder.resolve(name + ".onnx"));
            int best = 0;
            for (int pixel : new int[] {0, 7, 56, 63}) {
              var said = argmax(rows(network, "logits", lit(folder, index, corner, pixel)));
              int sevens = 0;
              for (int i = 0; i < said.length; i++) {
                sevens += corner.get(i).equals("1") && said[i] == 7 ? 1 : 0;
              }
              best = Math.max(best, sevens);
            }
            System.out.printf("%s: %d of 100 with a bright corner are called 7%n", name, best);
            assertThat(best > 90).isEqualTo(name.equals("digits-flawed"));
          }
        });
  }

  /// The training images of the flawed network, a corner bright where the table says so.
  private static NdArray lit(Path folder, int[] index, List<String> corner, int pixel) {
    var values = Npy.read(folder.resolve("images.npy")).select(index).toFloats();
    for (int i = 0; i < index.length; i++) {
      values[64 * i + pixel] = corner.get(i).equals("1") ? 1 : values[64 * i + pixel];
    }
    return NdArray.of(values, index.length, 1, 8, 8);
  }

  private static int[] argmax(Matrix scores) {
    var out = new int[scores.rows()];
    for (int i = 0; i < out.length; i++) {
      for (int k = 1; k < scores.cols(); k++) {
        out[i] = scores.at(i, k) > scores.at(i, out[i]) ? k : out[i];
      }
    }
    return out;
  }

  @Test
  void damagedFilesAreRefusedOrOpenNothingElse() throws IOException {
    var folder = Shared.folder("models/digits-cnn");
    var whole =
        folder.isPresent()
            ? Files.readAllBytes(folder.get().resolve("digits-clean.onnx"))
            : TinyOnnx.sums();
    int refused = 0;
    int opened = 0;
    for (int i = 0; i < 2_000; i++) {
      var bytes = mutated(whole, i % 2 == 0, new Seed(77).forPurpose("mutation", i).generator());
      try {
        Network.of("mutated", Path.of(""), bytes);
        opened++;
      } catch (BadInput e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        refused++;
      } catch (RuntimeException | Error e) {
        throw new AssertionError("mutation " + i, e);
      }
    }
    System.out.printf("ONNX: 2,000 damaged files: %d refused, %d opened%n", refused, opened);
    assertThat(refused).isGreaterThan(500);
  }

  /// A few changes, near the graph's structure (the ends) or anywhere.
  private static byte[] mutated(byte[] whole, boolean ends, SplittableRandom random) {
    var out = whole.clone();
    int times = 1 + random.nextInt(4);
    for (int t = 0; t < times; t++) {
      int at = random.nextInt(out.length);
      if (ends) {
        int near = random.nextInt(Math.min(2_000, out.length));
        at = random.nextBoolean() ? near : out.length - 1 - near;
      }
      switch (random.nextInt(5)) {
        case 0 -> out = Arrays.copyOf(out, Math.max(1, at));
        case 1 -> out[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> out[at] = (byte) random.nextInt(256);
        case 3 -> {
          // a number of the largest length
          for (int i = at; i < Math.min(out.length, at + 1 + random.nextInt(9)); i++) {
            out[i] = (byte) 0xff;
          }
        }
        default -> {
          int length = Math.min(random.nextInt(64), out.length - at);
          System.arraycopy(out, random.nextInt(out.length - length + 1), out, at, length);
        }
      }
    }
    return out;
  }
}
