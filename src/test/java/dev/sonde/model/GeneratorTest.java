package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Generated texts, by law on every decoder, and draws by hand.
final class GeneratorTest {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  private static Generator greedy(Model model, int tokens) {
    return generator(model, tokens, Sampling.GREEDY, 1);
  }

  private static Generator generator(Model model, int tokens, Sampling sampling, long seed) {
    return new Generator(
        model, new Generator.Settings(tokens, sampling, new Seed(seed), List.of()));
  }

  private static List<int[]> texts() {
    return IntStream.of(7, 3, 7, 11, 1)
        .mapToObj(n -> FamilyLawsTest.text(new Seed(31).forPurpose("text", n), n))
        .toList();
  }

  /// What the whole text, read anew at every step, would go on with.
  private static int[] readAnew(Model model, int[] text, int tokens) {
    int[] ids = text;
    for (int i = 0; i < tokens; i++) {
      try (var scope = Scope.open()) {
        var logits = model.read(Batch.of(List.of(ids)), List.of(LOGITS)).of(LOGITS, 0);
        long best = logits.select(0, ids.length - 1L).argmax(0).toLongs()[0];
        ids = Arrays.copyOf(ids, ids.length + 1);
        ids[ids.length - 1] = (int) best;
      }
    }
    return ids;
  }

  @TestFactory
  Stream<DynamicTest> greedyIsReadingAnew() throws IOException {
    return CacheTest.everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          int[] text = texts().getFirst();
          assertThat(greedy(model, 12).run(text).ids()).isEqualTo(readAnew(model, text, 12));
          assertThat(generator(model, 12, new Sampling(1e-6, 0, 1), 3).run(text).ids())
              .isEqualTo(greedy(model, 12).run(text).ids());
        });
  }

  /// A text in a batch is the text alone, whatever ends first; every token is heard of.
  @TestFactory
  Stream<DynamicTest> aTextIsItsOwn() throws IOException {
    return CacheTest.everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          var point = Point.residPost(0);
          var heard = new ArrayList<List<Integer>>();
          texts().forEach(t -> heard.add(new ArrayList<>()));
          int stop = greedy(model, 12).run(texts().get(3)).added().get(4);
          var settings = new Generator.Settings(12, Sampling.GREEDY, new Seed(1), List.of(stop));
          var generator = new Generator(model, settings).capturing(List.of(point));
          var together = generator.run(texts(), (text, id) -> heard.get(text).add(id));
          assertThat(together.get(3).ending()).isEqualTo(Generated.Ending.STOP);
          assertThat(together.get(3).added()).endsWith(stop);
          for (int i = 0; i < heard.size(); i++) {
            var alone = generator.run(texts().get(i));
            assertThat(together.get(i).ids()).isEqualTo(alone.ids()).startsWith(texts().get(i));
            assertThat(heard.get(i)).isEqualTo(alone.added());
            assertThat(alone.ending())
                .isEqualTo(
                    alone.added().contains(stop) ? Generated.Ending.STOP : Generated.Ending.TOKENS);
            assertRows(together.get(i).rows(point), alone.rows(point));
          }
        });
  }

  private static void assertRows(List<float[]> found, List<float[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int row = 0; row < found.size(); row++) {
      var a = Tensor.of(found.get(row), found.get(row).length);
      var b = Tensor.of(expected.get(row), expected.get(row).length);
      assertThat(FamilyLawsTest.distance(a, b)).isLessThan(1e-5);
    }
  }

  /// What is captured on the way, under an edit too, is what the finished text shows.
  @TestFactory
  Stream<DynamicTest> capturedRowsAreThoseOfTheFinishedText() throws IOException {
    return CacheTest.everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          int layers = model.architecture().layers();
          var points =
              model.points().stream()
                  .filter(p -> p.place().shape() != Place.Shape.PATTERN)
                  .toList();
          int width = model.architecture().dModel();
          var push = Tensor.of(direction(width), width);
          for (double strength : new double[] {0, 3}) {
            var edits =
                Map.<Point, Edit>of(Point.residPost(layers / 2), new Edit.Add(strength, push));
            var text = greedy(model, 9).editing(edits).capturing(points).run(texts().getFirst());
            var whole = model.read(Batch.of(List.of(text.ids())), points, edits);
            for (var point : points) {
              var expected = whole.of(point, 0);
              assertThat(text.rows(point)).hasSize(text.ids().length);
              var numbers = new float[Math.toIntExact(expected.count())];
              int at = 0;
              for (var row : text.rows(point)) {
                System.arraycopy(row, 0, numbers, at, row.length);
                at += row.length;
              }
              assertThat(at).isEqualTo(numbers.length);
              var found = Tensor.of(numbers, numbers.length);
              assertThat(FamilyLawsTest.distance(found, expected)).as("%s", point).isLessThan(1e-5);
            }
          }
        });
  }

  private static float[] direction(int width) {
    var out = new float[width];
    for (int i = 0; i < width; i++) {
      out[i] = (float) Math.sin(1.3 * i);
    }
    return out;
  }

  @TestFactory
  Stream<DynamicTest> anEditChangesTheTextAndOneOfNoStrengthDoesNot() throws IOException {
    return CacheTest.everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          var plain = greedy(model, 12).run(texts().getFirst());
          int width = model.architecture().dModel();
          var push = Tensor.of(direction(width), width);
          var point = Point.residPost(model.architecture().layers() - 1);
          var none = greedy(model, 12).editing(Map.of(point, new Edit.Add(0, push)));
          assertThat(none.run(texts().getFirst()).ids()).isEqualTo(plain.ids());
          var strong = greedy(model, 12).editing(Map.of(point, new Edit.Scale(-1)));
          assertThat(strong.run(texts().getFirst()).ids()).isNotEqualTo(plain.ids());
        });
  }

  @TestFactory
  Stream<DynamicTest> aSeedIsAText() throws IOException {
    return CacheTest.everywhere(
        List.of(Kernels.PLAIN),
        model -> {
          var hot = new Sampling(2, 40, 0.95);
          var same = List.of(texts().getFirst(), texts().getFirst());
          var first = generator(model, 20, hot, 7).run(same, Generator.Listener.NONE);
          var again = generator(model, 20, hot, 7).run(same, Generator.Listener.NONE);
          var other = generator(model, 20, hot, 8).run(same, Generator.Listener.NONE);
          assertThat(first.getFirst().ids()).isEqualTo(again.getFirst().ids());
          assertThat(first.getLast().ids()).isEqualTo(again.getLast().ids());
          assertThat(first.getFirst().ids()).isNotEqualTo(other.getFirst().ids());
          assertThat(first.getFirst().ids()).isNotEqualTo(first.getLast().ids()); // its own stream
        });
  }

  /// The prompt in pieces is the prompt at once: 300 tokens are more than one piece.
  @Test
  void aLongPromptIsReadInPieces() {
    on(
        "falcon_new",
        model -> {
          int[] text = FamilyLawsTest.text(new Seed(4), Generator.CHUNK + 44);
          var pieces = greedy(model, 5).run(text);
          var atOnce = greedy(model, 5).editing(Map.of(LOGITS, new Edit.Scale(1))).run(text);
          assertThat(pieces.ids()).isEqualTo(atOnce.ids()).isEqualTo(readAnew(model, text, 5));
        });
  }

  @Test
  void whatCannotBeIsRefused() {
    on(
        "gptj",
        model -> {
          int context = model.architecture().context();
          var full = greedy(model, 99).run(FamilyLawsTest.text(new Seed(1), context - 3));
          assertThat(full.ending()).isEqualTo(Generated.Ending.CONTEXT);
          assertThat(full.ids()).hasSize(context);
          var generator = greedy(model, 5);
          refused(() -> generator.run(new int[context]), "nothing can follow");
          refused(() -> generator.run(new int[0]), "no tokens");
          refused(() -> generator.capturing(List.of(Point.of(Place.PATTERN, 0))), "not captured");
          refused(() -> generator.capturing(List.of(Point.residPost(99))), "has the layers");
          refused(() -> generator.editing(Map.of(Point.residPost(99), new Edit.Zero())), "layers");
          var broken = Map.<Point, Edit>of(LOGITS, new Edit.Scale(Double.NaN));
          refused(() -> generator.editing(broken).run(new int[] {5}), "NaN");
        });
    refused(() -> new Sampling(-1, 0, 1), "temperature is 0 or more");
    refused(() -> new Sampling(1, -1, 1), "top-k");
    refused(() -> new Sampling(1, 0, 0), "top-p");
    refused(() -> new Sampling(0, 5, 1), "nothing is drawn");
    refused(() -> new Generator.Settings(0, Sampling.GREEDY, new Seed(1), List.of()), "one token");
  }

  private static void refused(ThrowingCallable what, String why) {
    assertThatThrownBy(what).isInstanceOf(BadInput.class).hasMessageContaining(why);
  }

  private static void on(String golden, Consumer<Model> law) {
    try (var model = Model.open(Path.of("src/test/resources/golden", golden), Kernels.PLAIN)) {
      law.accept(model);
    }
  }

  /// Probabilities .25 .125 .5 .125 and none, by hand.
  @Test
  void drawsAreFromWhatTheSettingsLeave() {
    float none = Float.NEGATIVE_INFINITY;
    float[] logits = {(float) Math.log(2), 0, (float) Math.log(4), 0, none}; // 2 1 4 1 0 of 8
    assertThat(drawn(logits, new Sampling(1, 0, 1))).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(drawn(logits, new Sampling(1, 1, 1))).containsExactly(2);
    assertThat(drawn(logits, new Sampling(1, 2, 1))).containsExactlyInAnyOrder(0, 2);
    // the third and fourth are equal: both stay, as in the reference library
    assertThat(drawn(logits, new Sampling(1, 3, 1))).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(drawn(logits, new Sampling(1, 0, 0.4))).containsExactly(2);
    assertThat(drawn(logits, new Sampling(1, 0, 0.6))).containsExactlyInAnyOrder(0, 2);
    assertThat(drawn(logits, new Sampling(1, 0, 0.8))).containsExactlyInAnyOrder(0, 1, 2);
    // at temperature .5 the weights are 4 1 16 1 of 22: the first has .73 by then
    assertThat(drawn(logits, new Sampling(0.5, 0, 0.7))).containsExactly(2);
    // top-p is of what top-k left: 4 of 6 is .67
    assertThat(drawn(logits, new Sampling(1, 2, 0.6))).containsExactly(2);
    assertThat(Sampling.GREEDY.next(new float[] {1, 3, 3}, new Seed(1).generator())).isEqualTo(1);
  }

  private static Set<Integer> drawn(float[] logits, Sampling sampling) {
    var random = new Seed(3).generator();
    var out = new HashSet<Integer>();
    for (int i = 0; i < 500; i++) {
      out.add(sampling.next(logits, random));
    }
    return out;
  }

  /// As often as its probability says, within four standard deviations.
  @Test
  void frequenciesAreTheProbabilities() {
    float[] logits = {(float) Math.log(6), (float) Math.log(3), 0};
    var random = new Seed(11).generator();
    int[] count = new int[3];
    for (int i = 0; i < 10_000; i++) {
      count[new Sampling(1, 0, 1).next(logits, random)]++;
    }
    double[] p = {0.6, 0.3, 0.1};
    for (int i = 0; i < 3; i++) {
      double deviation = Math.sqrt(p[i] * (1 - p[i]) / 10_000);
      assertThat(count[i] / 10_000.0 - p[i]).isBetween(-4 * deviation, 4 * deviation);
    }
  }
}
