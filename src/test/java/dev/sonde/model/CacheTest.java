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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What a cache holds stands for the tokens that were read, in every family.
final class CacheTest {
  private static final Point LOGITS = Point.of(Place.LOGITS);
  private static final List<Kernels> KERNELS =
      List.of(Kernels.PLAIN, new Kernels(true, true, true, true));

  @TempDir private Path folder = Path.of("");

  /// A law on every causal case.
  static Stream<DynamicTest> everywhere(List<Kernels> kernels, Consumer<Model> law)
      throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (var folder : VerificationTest.cases()) {
      for (var kernel : kernels) {
        tests.add(
            DynamicTest.dynamicTest(
                "%s on %s".formatted(folder.getFileName(), kernel), () -> on(folder, kernel, law)));
      }
    }
    return tests.stream();
  }

  private static void on(Path folder, Kernels kernels, Consumer<Model> law) {
    try (var model = Model.open(folder, kernels);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      if (model.architecture().causal()) {
        law.accept(model);
      } else {
        assertThatThrownBy(() -> Cache.of(model))
            .isInstanceOf(BadInput.class)
            .hasMessageContaining("continues no text");
      }
    }
  }

  /// Every point, at every step, however the text is cut: token by token is one of the ways.
  @TestFactory
  Stream<DynamicTest> cachedIsUncached() throws IOException {
    return everywhere(
        KERNELS,
        model -> {
          int[] text = FamilyLawsTest.text(new Seed(5), 20);
          for (var pieces : List.of(ones(20), new int[] {7, 13}, new int[] {5, 1, 9, 1, 4})) {
            assertThat(worst(model, text, pieces, model.points())).isLessThan(1e-5);
          }
          // and without the points that are computed step by step on purpose
          assertThat(worst(model, text, ones(20), List.of(LOGITS))).isLessThan(1e-5);
        });
  }

  /// What another text left behind does not serve.
  @TestFactory
  Stream<DynamicTest> anotherPastIsAnotherFuture() throws IOException {
    return everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          int[] text = FamilyLawsTest.text(new Seed(5), 9);
          int[] other = FamilyLawsTest.text(new Seed(6), 8);
          try (var cache = Cache.of(model)) {
            model.run(Batch.after(List.of(cache), List.of(other)), Map.of());
            var last = Batch.after(List.of(cache), List.of(new int[] {text[8]}));
            var found = model.read(last, List.of(LOGITS)).of(LOGITS, 0);
            var whole = model.read(Batch.of(List.of(text)), List.of(LOGITS)).of(LOGITS, 0);
            assertThat(FamilyLawsTest.distance(found, whole.narrow(0, 8, 1))).isGreaterThan(1e-4);
          }
        });
  }

  /// Texts of unequal past and unequal number of new tokens go side by side.
  @TestFactory
  Stream<DynamicTest> aTextIsItsOwn() throws IOException {
    return everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          int[] past = {6, 2, 6, 11, 2};
          int[] more = {3, 1, 3, 1, 4};
          var caches = new ArrayList<Cache>();
          var texts = new ArrayList<int[]>();
          for (int i = 0; i < past.length; i++) {
            texts.add(FamilyLawsTest.text(new Seed(40 + i), past[i] + more[i]));
            caches.add(cache(model));
          }
          model.run(Batch.after(caches, cut(texts, new int[past.length], past)), Map.of());
          var batch = Batch.after(caches, cut(texts, past, more));
          var together = model.read(batch, model.points());
          for (int i = 0; i < past.length; i++) {
            var alone = model.read(Batch.of(List.of(texts.get(i))), model.points());
            for (var point : model.points()) {
              var expected = rows(alone.of(point, 0), point, past[i], more[i]);
              assertThat(FamilyLawsTest.distance(together.of(point, i), expected))
                  .as("%s of text %d", point, i)
                  .isLessThan(1e-5);
            }
          }
          caches.forEach(Cache::close);
        });
  }

  @SuppressWarnings("MustBeClosedChecker") // the test closes all of them
  private static Cache cache(Model model) {
    return Cache.of(model);
  }

  private static List<int[]> cut(List<int[]> texts, int[] from, int[] count) {
    return IntStream.range(0, texts.size())
        .mapToObj(i -> Arrays.copyOfRange(texts.get(i), from[i], from[i] + count[i]))
        .toList();
  }

  private static int[] ones(int count) {
    return IntStream.generate(() -> 1).limit(count).toArray();
  }

  /// The largest difference, of scale, between a text in pieces behind a cache and as a whole.
  private static double worst(Model model, int[] text, int[] pieces, List<Point> points) {
    var whole = model.read(Batch.of(List.of(text)), points);
    double worst = 0;
    try (var cache = Cache.of(model)) {
      for (int count : pieces) {
        int from = cache.length();
        int[] piece = Arrays.copyOfRange(text, from, from + count);
        try (var scope = Scope.open()) {
          var taps = model.read(Batch.after(List.of(cache), List.of(piece)), points);
          for (var point : points) {
            var expected = rows(whole.of(point, 0), point, from, count);
            worst = Math.max(worst, FamilyLawsTest.distance(taps.of(point, 0), expected));
          }
        }
      }
      assertThat(cache.length()).isEqualTo(text.length);
    }
    return worst;
  }

  private static Tensor rows(Tensor whole, Point point, int from, int count) {
    return point.place().shape() == Place.Shape.PATTERN
        ? whole.narrow(1, from, count).narrow(2, 0, from + count)
        : whole.narrow(0, from, count);
  }

  /// Frequencies that a text's length leaves alone: all is well. Those that it changes: well up to
  /// there, and refused beyond, by name.
  @Test
  void ropeThatDependsOnTheLengthIsRefusedWhereItChanges() throws IOException {
    var fixed =
        List.of(
            "{'rope_type': 'linear', 'rope_theta': 10000.0, 'factor': 2.0}",
            "{'rope_type': 'yarn', 'rope_theta': 10000.0, 'factor': 4.0, 'original_max_position_embeddings': 16}");
    for (var rope : fixed) {
      stretched(rope, model -> assertThat(steps(model, 20)).isLessThan(1e-5));
    }
    var dynamic = "{'rope_type': 'dynamic', 'rope_theta': 10000.0, 'factor': 4.0}";
    var factors = "[1.0, 1.5, 2.0, 3.0]";
    var longRope =
        "{'rope_type': 'longrope', 'rope_theta': 10000.0, 'original_max_position_embeddings': 16, 'long_factor': %s, 'short_factor': [1.0, 1.0, 1.0, 1.0]}"
            .formatted(factors);
    for (var rope : List.of(dynamic, longRope)) {
      stretched(
          rope,
          model -> {
            assertThat(steps(model, 16)).isLessThan(1e-5);
            assertThatThrownBy(() -> steps(model, 17))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining(rope.contains("dynamic") ? "'dynamic'" : "'longrope'")
                .hasMessageContaining("stay within 16 tokens");
          });
    }
  }

  private static double steps(Model model, int length) {
    return worst(model, FamilyLawsTest.text(new Seed(2), length), ones(length), List.of(LOGITS));
  }

  private void stretched(String rope, Consumer<Model> law) throws IOException {
    var from = Path.of("src/test/resources/golden/granite_bias");
    var config = Files.readString(from.resolve("config.json"));
    int context = rope.contains("dynamic") ? 16 : 64;
    var changed =
        config
            .replaceFirst(
                "(?s)\"rope_parameters\": \\{.*?\\}",
                "\"rope_parameters\": " + rope.replace('\'', '"'))
            .replace("\"max_position_embeddings\": 64", "\"max_position_embeddings\": " + context);
    assertThat(changed).isNotEqualTo(config);
    Files.writeString(folder.resolve("config.json"), changed);
    Files.copy(
        from.resolve("model.safetensors"),
        folder.resolve("model.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    on(folder, Kernels.PLAIN, law);
  }

  /// A failed run leaves a cache as it was; a cut one goes on from the cut.
  @Test
  void aCacheIsWholeAfterAFailureAndACut() {
    on(
        Path.of("src/test/resources/golden/gptj"),
        Kernels.PLAIN,
        model -> {
          int[] text = FamilyLawsTest.text(new Seed(5), 8);
          var edit =
              new Edit.Custom(x -> {
                throw new IllegalStateException("broken");
              });
          var late = Map.<Point, Edit>of(Point.residPost(1), edit);
          var whole = model.read(Batch.of(List.of(text)), List.of(LOGITS)).of(LOGITS, 0);
          try (var cache = Cache.of(model)) {
            model.run(
                Batch.after(List.of(cache), cut(List.of(text), new int[1], new int[] {6})),
                Map.of());
            int[] wrong = {9, 9, 9};
            assertThatThrownBy(() ->
                    model.read(Batch.after(List.of(cache), List.of(wrong)), List.of(LOGITS), late))
                .hasMessage("broken");
            assertThat(cache.length()).isEqualTo(6);
            model.run(Batch.after(List.of(cache), List.of(wrong)), Map.of());
            cache.cut(6);
            var end = Batch.after(List.of(cache), List.of(new int[] {text[6], text[7]}));
            var found = model.read(end, List.of(LOGITS)).of(LOGITS, 0);
            assertThat(FamilyLawsTest.distance(found, whole.narrow(0, 6, 2))).isLessThan(1e-5);
          }
        });
  }

  @Test
  void aCacheGoesOnceAndWithItsOwnModel() {
    on(
        Path.of("src/test/resources/golden/gptj"),
        Kernels.PLAIN,
        model -> {
          int[] text = {9, 8, 7};
          try (var cache = Cache.of(model);
              var twin = model.untrained(new Seed(1))) {
            var once = Batch.after(List.of(cache), List.of(text));
            model.run(once, Map.of());
            assertThatThrownBy(() -> model.run(once, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("have read more since");
            assertThatThrownBy(() -> cache.cut(9)).isInstanceOf(IllegalArgumentException.class);
            var batch = Batch.after(List.of(cache), List.of(text));
            assertThatThrownBy(() -> twin.run(batch, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Batch.after(List.of(cache, cache), List.of(text, text)))
                .isInstanceOf(IllegalArgumentException.class);
          }
        });
  }

  /// What a cache took is given back: as many native objects after as before.
  @Test
  void memoryDoesNotGrow() {
    on(
        Path.of("src/test/resources/golden/gptj"),
        Kernels.PLAIN,
        model -> {
          var generator =
              new Generator(
                  model, new Generator.Settings(40, Sampling.GREEDY, new Seed(1), List.of()));
          int[] text = FamilyLawsTest.text(new Seed(5), 8);
          var _ = generator.run(text);
          long before = settled();
          for (int i = 0; i < 3; i++) {
            assertThat(generator.run(text).added()).hasSize(40);
          }
          assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
          try (var cache = Cache.of(model)) { // the count sees a cache that is open
            try (var scope = Scope.open()) {
              model.run(Batch.after(List.of(cache), List.of(text)), Map.of());
            }
            assertThat(Pointer.totalCount()).isGreaterThan(before);
          }
          assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before);
        });
  }

  /// The count once what other tests left has been collected.
  private static long settled() {
    for (int i = 0; i < 3; i++) {
      System.gc();
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return Pointer.totalCount();
  }
}
