package dev.sonde.model;

import static dev.sonde.model.FamilyLawsTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Operation;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.hook.Vector;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Numerics;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Other numbers than float32.
final class PrecisionTest {
  @TempDir private Path folder = Path.of("");

  private static final Point LOGITS = Point.of(Place.LOGITS);
  private static final Numerics FLOAT64 = new Numerics(DType.FLOAT64);
  private static final Numerics BFLOAT16 = new Numerics(DType.BFLOAT16);

  /// In float64 gradients are the central differences of the function itself, at every point of
  /// rows and heads and along a direction drawn for each; along another direction they are not.
  @TestFactory
  Stream<DynamicTest> gradientsAreFiniteDifferences() throws IOException {
    return VerificationTest.cases().stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> gradients(f)));
  }

  private static void gradients(Path folder) {
    try (var model = Model.open(folder, Kernels.PLAIN, FLOAT64);
        var scope = Scope.open()) {
      var batch =
          folder.endsWith("vit") ? model.example() : Batch.of(List.of(text(new Seed(3), 6)));
      var points =
          model.points().stream()
              .filter(p -> p.place().shape() != Place.Shape.PATTERN && !p.equals(LOGITS))
              .toList();
      var gradients = model.gradients(batch, points, taps -> number(taps.rows(LOGITS)));
      for (var point : points) {
        var gradient = gradients.rows(point);
        var along = direction(gradient.shape(), new Seed(1).forPurpose(point.toString()));
        double expected = difference(model, batch, point, along);
        double found = gradient.times(along).sum().item();
        double scale = gradient.square().sum().sqrt().item() + 1e-9;
        assertThat(Math.abs(found - expected) / scale).as("%s", point).isLessThan(1e-6);
        var other = direction(gradient.shape(), new Seed(2).forPurpose(point.toString()));
        double wrong = gradient.times(other).sum().item();
        assertThat(Math.abs(wrong - expected) / scale).as("%s", point).isGreaterThan(1e-6);
      }
    }
  }

  /// Some number that depends on every logit of the last token.
  private static Tensor number(Tensor logits) {
    var last = logits.select(0, logits.size(0) - 1);
    return last.logSoftmax(0).narrow(0, 1, 1).sum().plus(last.tanh().sum());
  }

  private static double difference(Model model, Batch batch, Point point, Tensor along) {
    final double step = 1e-5;
    var values = new double[2];
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      for (int i = 0; i < 2; i++) {
        double by = i == 0 ? step : -step;
        var edit = Map.<Point, Edit>of(point, new Edit.Custom(x -> x.plus(along.times(by))));
        values[i] = number(model.read(batch, List.of(LOGITS), edit).rows(LOGITS)).item();
      }
    }
    return (values[0] - values[1]) / (2 * step);
  }

  private static Tensor direction(long[] shape, Seed seed) {
    var random = seed.generator();
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return Tensor.of(DoubleStream.generate(random::nextGaussian).limit(count).toArray(), shape);
  }

  /// Cases with random weights and an attention so sharp that it multiplies every rounding:
  /// rounding the weights alone, all else in float32, takes them below 0.9999 on the example text.
  /// docs/precision.md.
  private static final Set<String> SHARP =
      Set.of("llama", "llama3_rope", "mistral_window", "modernbert");

  /// What has half the bits in bfloat16; the stream, what is added to it, scores and pattern do
  /// not.
  private static final Set<Place> HALVES =
      Set.of(
          Place.TOKEN_EMBED,
          Place.POS_EMBED,
          Place.V,
          Place.Z,
          Place.MLP_PRE,
          Place.MLP_POST,
          Place.LOGITS);

  /// bfloat16 points where float32 does, and is not float32; float64 is float32 but for rounding.
  @TestFactory
  Stream<DynamicTest> otherNumbersAreNearlyTheSame() throws IOException {
    return VerificationTest.cases().stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> near(f)));
  }

  private static void near(Path folder) {
    try (var single = Model.open(folder, Kernels.PLAIN);
        var half = Model.open(folder, Kernels.PLAIN, BFLOAT16);
        var wide = Model.open(folder, Kernels.PLAIN, FLOAT64);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      var batch = single.example();
      var points = single.points().stream().filter(p -> p.place() == Place.RESID_POST).toList();
      var found = single.read(batch, points);
      var rounded = half.read(batch, points);
      var exact = wide.read(batch, points);
      double bound = SHARP.contains(folder.getFileName().toString()) ? 0.9997 : 0.9999;
      for (var point : points) {
        assertThat(rounded.rows(point).type()).isEqualTo(DType.FLOAT32);
        assertThat(exact.rows(point).type()).isEqualTo(DType.FLOAT64);
        double cosine = cosine(found.rows(point), rounded.rows(point));
        assertThat(cosine).as("%s", point).isBetween(bound, 1 - 1e-6);
        double off = FamilyLawsTest.distance(found.rows(point), exact.rows(point));
        assertThat(off).as("%s", point).isBetween(1e-9, 1e-5);
      }
    }
  }

  /// Of weights that are stored in bfloat16, as most are, nothing is rounded but activations.
  @TestFactory
  Stream<DynamicTest> activationsOfRoundedWeights() throws IOException {
    return VerificationTest.cases().stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> rounded(f)));
  }

  private void rounded(Path from) throws IOException {
    var own = Files.createTempDirectory(folder, "rounded");
    Files.copy(from.resolve("config.json"), own.resolve("config.json"));
    var file = new SafeTensorsFile();
    try (var stored = SafeTensors.open(from);
        var scope = Scope.open()) {
      for (var name : stored.names()) {
        var bytes = MemorySegment.ofArray(halves(stored.get(name).toFloats()));
        file.with(name, DType.BFLOAT16, bytes, stored.shape(name));
      }
      file.write(own.resolve("model.safetensors"));
    }
    try (var single = Model.open(own, Kernels.PLAIN);
        var half = Model.open(own, Kernels.PLAIN, BFLOAT16);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      var points = single.points().stream().filter(p -> p.place() == Place.RESID_POST).toList();
      var found = single.read(single.example(), points);
      var other = half.read(half.example(), points);
      for (var point : points) {
        double cosine = cosine(found.rows(point), other.rows(point));
        var name = from.getFileName().toString();
        boolean sharp = SHARP.contains(name) && !name.equals("modernbert");
        assertThat(cosine).as("%s", point).isBetween(sharp ? 0.9997 : 0.9999, 1 - 1e-9);
      }
    }
  }

  /// To the nearest bfloat16, ties away from zero.
  private static short[] halves(float[] numbers) {
    var out = new short[numbers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (short) ((Float.floatToRawIntBits(numbers[i]) + 0x8000) >>> 16);
    }
    return out;
  }

  /// The law of untouched texts, in bfloat16: edits and twins are made of it too.
  @TestFactory
  Stream<DynamicTest> allIsOfOneType() throws IOException {
    return VerificationTest.cases().stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> oneType(f)));
  }

  private static void oneType(Path folder) {
    for (var numerics : List.of(BFLOAT16, FLOAT64)) {
      try (var model = Model.open(folder, Kernels.PLAIN, numerics);
          var twin = model.untrained(new Seed(1));
          var mode = Mode.inference();
          var scope = Scope.open()) {
        var batch = model.example();
        var push = Vector.of(new double[model.architecture().dModel()], "");
        var edit = Intervention.everywhere(Point.residPost(0), new Operation.Add(1, push));
        for (var one : List.of(model, twin)) {
          assertThat(one.numerics()).isEqualTo(numerics);
          var taps = one.read(batch, model.points(), List.of(edit));
          for (var point : model.points()) {
            boolean wide = numerics.equals(BFLOAT16) && !HALVES.contains(point.place());
            assertThat(taps.of(point, 0).type())
                .as("%s", point)
                .isEqualTo(wide ? DType.FLOAT32 : numerics.type());
          }
        }
      }
    }
  }

  static double cosine(Tensor a, Tensor b) {
    double[] x = a.toDoubles();
    double[] y = b.toDoubles();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += x[i] * y[i];
      xx += x[i] * x[i];
      yy += y[i] * y[i];
    }
    return xy / Math.sqrt(xx * yy);
  }
}
