package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Laws that hold for every family, whatever its blocks look like.
final class FamilyLawsTest {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  static Stream<DynamicTest> everywhere(Consumer<Model> law) throws IOException {
    return VerificationTest.cases().stream()
        .filter(folder -> !folder.endsWith("vit")) // reads images: their laws are below
        .map(folder ->
            DynamicTest.dynamicTest(folder.getFileName().toString(), () -> on(folder, law)));
  }

  private static void on(Path folder, Consumer<Model> law) {
    try (var model = Model.open(folder, Kernels.PLAIN);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      law.accept(model);
    }
  }

  static int[] text(Seed seed, int length) {
    var random = seed.generator();
    return IntStream.range(0, length).map(i -> 5 + random.nextInt(90)).toArray();
  }

  private static List<int[]> texts() {
    return IntStream.of(7, 3, 7, 11, 1)
        .mapToObj(n -> text(new Seed(31).forPurpose("text", n), n))
        .toList();
  }

  /// Every point of a text is the same alone and among others.
  @TestFactory
  Stream<DynamicTest> aTextIsItsOwn() throws IOException {
    return everywhere(model -> {
      var texts = texts();
      var together = model.read(Batch.of(texts), model.points());
      for (int i = 0; i < texts.size(); i++) {
        var alone = model.read(Batch.of(List.of(texts.get(i))), model.points());
        for (var point : model.points()) {
          var expected = alone.of(point, 0);
          // scores that are hidden are minus infinity on both sides
          var found = together.of(point, i);
          assertThat(distance(found, expected)).as("%s", point).isLessThan(1e-5);
        }
      }
    });
  }

  static double distance(Tensor found, Tensor expected) {
    double[] a = found.toDoubles();
    double[] b = expected.toDoubles();
    assertThat(a).hasSameSizeAs(b);
    double scale = Arrays.stream(b).filter(Double::isFinite).map(Math::abs).max().orElse(1) + 1e-30;
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, a[i] == b[i] ? 0 : Math.abs(a[i] - b[i]));
    }
    return worst / scale;
  }

  /// Looking changes nothing: the logits are the same bits with every other point watched. Patterns
  /// and scores are left out, which are computed step by step on purpose.
  @TestFactory
  Stream<DynamicTest> lookingChangesNothing() throws IOException {
    return everywhere(model -> {
      var batch = Batch.of(texts());
      var plain = model.read(batch, List.of(LOGITS));
      var watched = model.read(batch, model.points());
      for (int i = 0; i < batch.size(); i++) {
        assertThat(watched.of(LOGITS, i).toFloats()).isEqualTo(plain.of(LOGITS, i).toFloats());
      }
    });
  }

  /// What is cut at a layer changes what follows, and nothing before.
  @TestFactory
  Stream<DynamicTest> anEditReachesWhatFollowsAndNothingElse() throws IOException {
    return everywhere(model -> {
      int last = model.architecture().layers() - 1;
      var batch = Batch.of(texts());
      var points = List.of(Point.residPost(0), Point.residPost(last), LOGITS);
      var plain = model.read(batch, points);
      var edits =
          Map.<Point, Edit>of(Point.of(Place.MLP_OUT, last), new Edit.Custom(x -> x.times(0)));
      var cut = model.read(batch, points, edits);
      boolean alone = last == 0;
      assertThat(distance(cut.of(points.get(1), 0), plain.of(points.get(1), 0))).isPositive();
      if (!alone) {
        assertThat(distance(cut.of(points.getFirst(), 0), plain.of(points.getFirst(), 0))).isZero();
      }
    });
  }

  /// In a causal network a later token changes nothing before it; elsewhere it does.
  @TestFactory
  Stream<DynamicTest> theFutureIsUnseenWhereCausal() throws IOException {
    return everywhere(model -> {
      var text = text(new Seed(8), 9);
      var other = text.clone();
      other[8] = text[8] == 20 ? 21 : 20;
      var end = Point.residPost(model.architecture().layers() - 1);
      var a = model.read(Batch.of(List.of(text)), List.of(end)).of(end, 0).narrow(0, 0, 8);
      var b = model.read(Batch.of(List.of(other)), List.of(end)).of(end, 0).narrow(0, 0, 8);
      if (model.architecture().causal()) {
        assertThat(distance(a, b)).isLessThan(1e-6);
      } else {
        assertThat(distance(a, b)).isGreaterThan(1e-4);
      }
    });
  }

  /// The untrained twin has the same points and other numbers, and the same ones for the same seed.
  @TestFactory
  Stream<DynamicTest> theTwinIsSeeded() throws IOException {
    return everywhere(model -> {
      var batch = Batch.of(texts());
      var found = new ArrayList<float[]>();
      for (long seed : new long[] {1, 1, 2}) {
        try (var twin = model.untrained(new Seed(seed))) {
          assertThat(twin.points()).isEqualTo(model.points());
          found.add(twin.read(batch, List.of(LOGITS)).of(LOGITS, 0).toFloats());
        }
      }
      assertThat(found.get(0)).isEqualTo(found.get(1)).isNotEqualTo(found.get(2));
    });
  }

  /// A point that a family lacks is refused with what it has.
  @TestFactory
  Stream<DynamicTest> whatIsNotThereIsRefused() throws IOException {
    return everywhere(model -> {
      for (var place : Place.values()) {
        var point = place.perLayer() ? Point.of(place, 0) : Point.of(place);
        if (!model.points().contains(point)) {
          assertThatThrownBy(() -> model.mustHave(point))
              .isInstanceOf(BadInput.class)
              .hasMessageContaining("; it has ");
        }
      }
    });
  }

  /// An image's numbers are its own, and one changed pixel changes the answer.
  @TestFactory
  Stream<DynamicTest> anImageIsItsOwn() throws IOException {
    return VerificationTest.cases().stream()
        .filter(folder -> folder.endsWith("vit"))
        .map(folder ->
            DynamicTest.dynamicTest("vit", () -> on(folder, FamilyLawsTest::imagesApart)));
  }

  private static void imagesApart(Model model) {
    int size = 3 * 16 * 16;
    int tokens = model.architecture().context();
    var random = new Seed(12).generator();
    var images = new ArrayList<float[]>();
    for (int i = 0; i < 3; i++) {
      var image = new float[size];
      for (int j = 0; j < size; j++) {
        image[j] = (float) random.nextGaussian();
      }
      images.add(image);
    }
    var together = model.read(Batch.ofImages(images, tokens), model.points());
    var alone = model.read(Batch.ofImages(List.of(images.get(1)), tokens), model.points());
    for (var point : model.points()) {
      assertThat(distance(together.of(point, 1), alone.of(point, 0)))
          .as("%s", point)
          .isLessThan(1e-5);
    }
    images.get(1)[100] += 1;
    var changed = model.read(Batch.ofImages(images, tokens), List.of(LOGITS));
    assertThat(distance(changed.of(LOGITS, 1), together.of(LOGITS, 1))).isGreaterThan(1e-4);
    assertThat(distance(changed.of(LOGITS, 0), together.of(LOGITS, 0))).isLessThan(1e-5);
  }
}
