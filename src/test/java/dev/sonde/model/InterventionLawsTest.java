package dev.sonde.model;

import static dev.sonde.model.FamilyLawsTest.distance;
import static dev.sonde.model.FamilyLawsTest.everywhere;
import static dev.sonde.model.FamilyLawsTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.hook.Intervention;
import dev.sonde.hook.Operation;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.hook.Positions;
import dev.sonde.hook.Vector;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Laws of interventions that hold for every family: they act where they say, and nowhere else.
final class InterventionLawsTest {
  private static final Point LOGITS = Point.of(Place.LOGITS);
  private static final Operation ZERO = new Operation.Zero();

  private static Intervention at(Point point, Positions positions, Operation operation) {
    return new Intervention(point, positions, List.of(), operation);
  }

  private static Batch batch() {
    return Batch.of(List.of(text(new Seed(3), 7), text(new Seed(4), 4), text(new Seed(5), 7)));
  }

  private static Tensor read(Model model, Batch batch, Point point, int i, Intervention... edits) {
    return model.read(batch, List.of(point), List.of(edits)).of(point, i);
  }

  /// Scale 1 and add 0 are no change, to the bit, at every point of rows and heads, at all
  /// positions and at some; scale 0.5 is one.
  @TestFactory
  Stream<DynamicTest> whatChangesNothingChangesNothing() throws IOException {
    return everywhere(model -> {
      var batch = batch();
      var plain = read(model, batch, LOGITS, 0).toFloats();
      for (var point : model.points()) {
        if (point.place().shape() == Place.Shape.PATTERN) {
          continue; // watched, they are computed step by step
        }
        for (var positions : List.of(Positions.ALL, Positions.parse("1:3"))) {
          var one = at(point, positions, new Operation.Scale(1));
          assertThat(read(model, batch, LOGITS, 0, one).toFloats()).as("%s", one).isEqualTo(plain);
          var none = at(point, positions, new Operation.Add(0, Vector.of(7)));
          assertThat(read(model, batch, LOGITS, 0, none).toFloats()).isEqualTo(plain);
        }
      }
      var half = at(Point.residPost(0), Positions.LAST, new Operation.Scale(0.5));
      assertThat(read(model, batch, LOGITS, 0, half).toFloats()).isNotEqualTo(plain);
    });
  }

  /// In a causal network an edit at a position leaves all before it as they were, to the bit, and
  /// changes what stands there; in the others it reaches back.
  @TestFactory
  Stream<DynamicTest> anEditActsFromItsPositionOn() throws IOException {
    return everywhere(model -> {
      var batch = batch();
      int end = model.architecture().layers() - 1;
      var last = Point.residPost(end);
      var push = Vector.of(direction(model.architecture().dModel()), "");
      var edit = at(Point.of(Place.EMBED), Positions.of(3), new Operation.Add(2, push));
      for (int i = 0; i < batch.size(); i++) {
        var plain = read(model, batch, last, i);
        var found = read(model, batch, last, i, edit);
        double before = distance(found.narrow(0, 0, 3), plain.narrow(0, 0, 3));
        if (model.architecture().causal()) {
          assertThat(before).isLessThanOrEqualTo(rounding(model));
        } else {
          assertThat(before).isPositive();
        }
      }
      var moved = read(model, batch, last, 1, edit).select(0, 3);
      assertThat(distance(moved, read(model, batch, last, 1).select(0, 3))).isGreaterThan(1e-4);
    });
  }

  /// None, but where experts get tokens together: how many go with one decides how its product is
  /// summed.
  private static double rounding(Model model) {
    return model.points().contains(Point.of(Place.ROUTER, 0)) ? 1e-6 : 0;
  }

  private static double[] direction(int width) {
    var random = new Seed(6).generator();
    return IntStream.range(0, width).mapToDouble(i -> random.nextGaussian()).toArray();
  }

  /// Zeroing a head of z is zeroing its rows by hand, and so is hiding all that its pattern sees;
  /// another head is another thing.
  @TestFactory
  Stream<DynamicTest> aHeadIsItsRows() throws IOException {
    return everywhere(model -> {
      var batch = batch();
      var z = Point.of(Place.Z, 0);
      int heads = model.architecture().heads();
      int head = heads - 1;
      var found =
          read(model, batch, LOGITS, 2, new Intervention(z, Positions.ALL, List.of(head), ZERO));
      var byHand =
          new Operation.Custom(
              "rows",
              rows ->
                  Tensor.cat(
                      1, List.of(rows.narrow(1, 0, head), rows.narrow(1, head, 1).times(0))));
      var expected = read(model, batch, LOGITS, 2, Intervention.everywhere(z, byHand));
      assertThat(found.toFloats()).isEqualTo(expected.toFloats());
      var pattern = Point.of(Place.PATTERN, 0);
      var blind = new Intervention(pattern, Positions.ALL, List.of(head), ZERO);
      assertThat(distance(read(model, batch, LOGITS, 2, blind), expected)).isLessThan(1e-5);
      if (heads > 1) {
        var other = new Intervention(z, Positions.ALL, List.of(0), ZERO);
        assertThat(distance(read(model, batch, LOGITS, 2, other), expected)).isPositive();
      }
    });
  }

  /// A pattern or scores set to a number let no token see what is hidden from it.
  @TestFactory
  Stream<DynamicTest> whatIsHiddenStaysHidden() throws IOException {
    return everywhere(model -> {
      if (!model.architecture().causal()) {
        return;
      }
      var one = text(new Seed(3), 7);
      var other = one.clone();
      other[6] = one[6] == 20 ? 21 : 20;
      for (var place : List.of(Place.SCORES, Place.PATTERN)) {
        var edit =
            Intervention.everywhere(Point.of(place, 0), new Operation.Replace(Vector.of(0.25)));
        var a = read(model, Batch.of(List.of(one)), LOGITS, 0, edit);
        var b = read(model, Batch.of(List.of(other)), LOGITS, 0, edit);
        assertThat(distance(a.narrow(0, 0, 6), b.narrow(0, 0, 6)))
            .isLessThanOrEqualTo(rounding(model));
        assertThat(distance(a, read(model, Batch.of(List.of(one)), LOGITS, 0))).isPositive();
      }
    });
  }

  /// Positions are those of each text: alone and among others an edit does the same.
  @TestFactory
  Stream<DynamicTest> editsAreOfEachText() throws IOException {
    return everywhere(model -> {
      var batch = batch();
      var edits =
          new Intervention[] {
            at(Point.residPost(0), Positions.LAST, new Operation.Scale(-1)),
            at(Point.of(Place.MLP_OUT, 0), Positions.parse("1,-2"), ZERO)
          };
      for (int i = 0; i < batch.size(); i++) {
        var texts = List.of(text(new Seed(3), 7), text(new Seed(4), 4), text(new Seed(5), 7));
        var alone = read(model, Batch.of(List.of(texts.get(i))), LOGITS, 0, edits);
        assertThat(distance(read(model, batch, LOGITS, i, edits), alone)).isLessThan(1e-5);
        assertThat(distance(read(model, batch, LOGITS, i), alone)).isGreaterThan(1e-4);
      }
    });
  }

  /// Replacing a row by the mean of rows read before makes it that mean.
  @TestFactory
  Stream<DynamicTest> aMeanStandsWhereItWasPut() throws IOException {
    return everywhere(model -> {
      var batch = batch();
      var point = Point.residPost(0);
      var rows = model.read(batch, List.of(point)).rows(point);
      var mean = Vector.mean(rows.toDoubles(), model.architecture().dModel(), "rows");
      var edit = at(point, Positions.parse("2:"), new Operation.Mean(mean));
      var found = read(model, batch, point, 0, edit);
      var expected = Tensor.of(mean.numbers(), mean.size());
      assertThat(distance(found.select(0, 4), expected)).isLessThan(1e-6);
      assertThat(found.select(0, 1).toFloats())
          .isEqualTo(read(model, batch, point, 0).select(0, 1).toFloats());
    });
  }

  /// What is not there is refused before anything runs.
  @TestFactory
  Stream<DynamicTest> whatIsNotThereIsRefused() throws IOException {
    return everywhere(model -> {
      int heads = model.architecture().heads();
      refused(
          model,
          new Intervention(Point.of(Place.Z, 0), Positions.ALL, List.of(heads), ZERO),
          "has the heads 0 to " + (heads - 1));
      refused(model, at(Point.residPost(99), Positions.ALL, ZERO), "layers 0 to");
      refused(model, at(Point.residPost(0), Positions.of(4), ZERO), "in text 2: position 4");
      refused(
          model,
          at(
              Point.residPost(0),
              Positions.ALL,
              new Operation.Replace(Vector.of(new double[3], ""))),
          "but the vector has 3");
    });
  }

  private static void refused(Model model, Intervention edit, String why) {
    assertThatThrownBy(() -> read(model, batch(), LOGITS, 0, edit))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(why);
  }

  /// While a text is being continued, an edit acts as it does on the finished text; a position that
  /// never comes is an error.
  @TestFactory
  Stream<DynamicTest> continuedIsWhole() throws IOException {
    return everywhere(model -> {
      if (!model.architecture().causal()) {
        return;
      }
      int[] prompt = text(new Seed(9), 5);
      var generator =
          new Generator(model, new Generator.Settings(4, Sampling.GREEDY, new Seed(0), List.of()));
      var edits =
          List.of(
              at(Point.residPost(0), Positions.parse("last,6"), new Operation.Scale(-1)),
              new Intervention(Point.of(Place.Z, 0), Positions.parse("2:"), List.of(0), ZERO));
      var end = Point.residPost(model.architecture().layers() - 1);
      var found = generator.editing(edits).capturing(List.of(end)).run(prompt);
      // the prompt's last token is number 4 of the whole
      var whole =
          List.of(
              at(Point.residPost(0), Positions.parse("4,6"), new Operation.Scale(-1)),
              edits.getLast());
      var rows = model.read(Batch.of(List.of(found.ids())), List.of(end), whole).of(end, 0);
      for (int i = 0; i < found.ids().length; i++) {
        var row = found.rows(end).get(i);
        assertThat(distance(Tensor.of(row, row.length), rows.select(0, i))).isLessThan(1e-5);
      }
      var late = at(Point.residPost(0), Positions.of(20), ZERO);
      assertThatThrownBy(() -> generator.editing(List.of(late)).run(prompt))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("never came to position 20");
    });
  }
}
