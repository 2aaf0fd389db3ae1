package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Subspaces and the angles between them (AT-25), those that discriminant analysis and LEACE find.
final class SubspaceTest {
  private static Subspace random(int k, int d, SplittableRandom random) {
    return Subspace.spannedBy(
        IntStream.range(0, k).mapToObj(i -> Planted.unit(d, random)).toList());
  }

  /// AT-25: turning both by the same rotation changes no angle; turning one alone does.
  @Test
  void anglesDoNotChangeUnderARotation() {
    var random = new Seed(1).forPurpose("angles").generator();
    int d = 12;
    var a = random(3, d, random);
    var b = random(2, d, random);
    var rotation = random(d, d, random);
    var before = a.angles(b);
    var after = turned(a, rotation).angles(turned(b, rotation));
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isCloseTo(before[i], within(1e-6));
    }
    assertThat(Math.abs(turned(a, rotation).angles(b)[0] - before[0])).isGreaterThan(0.1);
    assertThat(a.overlap(a)).isCloseTo(1, within(1e-12));
    assertThat(a.overlap(b)).isCloseTo(b.overlap(a), within(1e-12));
  }

  private static Subspace turned(Subspace s, Subspace rotation) {
    var out = new ArrayList<double[]>();
    for (int k = 0; k < s.dimensions(); k++) {
      var v = new double[s.width()];
      for (int j = 0; j < v.length; j++) {
        v[j] = Small.dot(rotation.axis(j), s.axis(k));
      }
      out.add(v);
    }
    return Subspace.spannedBy(out);
  }

  /// AT-25: two random subspaces of k dimensions overlap by k / d.
  @Test
  void randomSubspacesOverlapByChance() {
    var random = new Seed(2).forPurpose("angles").generator();
    int k = 3;
    int d = 40;
    int draws = 400;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      double overlap = random(k, d, random).overlap(random(k, d, random));
      sum += overlap / draws;
      squares += overlap * overlap / draws;
    }
    double error = Math.sqrt((squares - sum * sum) / draws);
    assertThat(sum).isCloseTo((double) k / d, within(3 * error));
    assertThat(error).isLessThan(0.005);
  }

  @Test
  void dependentDirectionsAddNothing() {
    var s =
        Subspace.spannedBy(
            List.of(new double[] {1, 1, 0}, new double[] {2, 2, 0}, new double[] {0, 1, 0}));
    assertThat(s.dimensions()).isEqualTo(2);
    assertThatThrownBy(() -> Subspace.spannedBy(List.of(new double[3])))
        .isInstanceOf(BadInput.class);
  }

  /// Four classes in a plane that is not where the rows spread most.
  @Test
  void discriminantsFindThePlaneOfTheClasses() {
    var random = new Seed(3).forPurpose("plane").generator();
    int d = 20;
    var loud = random(2, d, random);
    var plane = random(2, d, random);
    var rows = new double[800][];
    var y = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      y[i] = i % 4;
      rows[i] = Small.plus(Planted.noise(d, 0.3, random), 5 * random.nextGaussian(), loud.axis(0));
      rows[i] = Small.plus(rows[i], 5 * random.nextGaussian(), loud.axis(1));
      rows[i] = Small.plus(rows[i], y[i] % 2 == 0 ? 1 : -1, plane.axis(0));
      rows[i] = Small.plus(rows[i], y[i] < 2 ? 1 : -1, plane.axis(1));
    }
    var samples = Samples.of(Planted.matrix(rows), Classes.of(List.of("a", "b", "c", "d"), y));
    var concept = Subspace.concept(samples).subspace();
    assertThat(Subspace.components(samples.x(), 2).overlap(loud)).isGreaterThan(0.99);
    assertThat(Subspace.components(samples.x(), 2).overlap(plane)).isLessThan(0.4);
    assertThat(concept.dimensions()).isEqualTo(3);
    // what is erased is where the means are; of it the first two axes are the plane
    assertThat(plane.overlap(concept)).isGreaterThan(0.95);
    var found = LdaClasses.subspace(samples, 2, 0);
    var within = LdaClasses.fit(samples, Shrinkage.NONE);
    var spanned = Subspace.spannedBy(within.outputs().stream().map(Linear::direction).toList());
    assertThat(found.overlap(spanned)).isGreaterThan(0.99);
    assertThatThrownBy(() -> LdaClasses.subspace(samples, 4, 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at most 3");
  }

  /// LEACE on the fixture, as `concept-erasure` computes it without shrinkage: trace and first row
  /// of the eraser, the mean squared change it makes.
  @Test
  void leaceIsTheReferences() {
    var concept = Subspace.concept(Golden.classes());
    assertThat(concept.read()).hasSize(1);
    var erased = concept.erased().getFirst();
    var read = concept.read().getFirst();
    assertThat(Golden.D - Small.dot(erased, read)).isCloseTo(7, within(1e-10));
    double[] first = {0.4071921975, 0.4233886803, -0.2853712184};
    for (int j = 0; j < first.length; j++) {
      double p = (j == 0 ? 1 : 0) - erased[0] * read[j];
      assertThat(p).isCloseTo(first[j], within(1e-9));
    }
    var x = Golden.rows();
    var mean = Small.mean(x, IntStream.range(0, Golden.N).toArray());
    double change = 0;
    for (int i = 0; i < Golden.N; i++) {
      double along = Small.dot(read, Small.plus(x.row(i), -1, mean));
      change += along * along * Small.dot(erased, erased) / Golden.N;
    }
    assertThat(change).isCloseTo(0.5405448770, within(1e-8));
  }
}
