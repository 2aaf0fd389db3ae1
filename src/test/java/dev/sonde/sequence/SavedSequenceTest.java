package dev.sonde.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Linear;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what is read, for every kind; another model is refused.
final class SavedSequenceTest {
  @TempDir private Path folder = Path.of("");

  private static SavedSequence saved(List<String> classes, SequenceProbe probe) {
    return new SavedSequence(
        Digest.of("a model"), "tokens", "resid_post.1", "mean", classes, "a study", probe);
  }

  private SequenceProbe again(List<String> classes, SequenceProbe probe) {
    var file = folder.resolve(probe.kind() + ".safetensors");
    var written = saved(classes, probe);
    written.write(file);
    assertThat(SavedSequence.is(file)).isTrue();
    var read = SavedSequence.read(file);
    assertThat(read.model()).isEqualTo(written.model());
    assertThat(read.classes()).isEqualTo(classes);
    assertThat(read.point()).isEqualTo("resid_post.1");
    assertThat(read.probe().kind()).isEqualTo(probe.kind());
    assertThat(read.probe().settings()).isEqualTo(probe.settings());
    assertThat(read.probe().width()).isEqualTo(probe.width());
    return read.probe();
  }

  @Test
  void tagsOfWords() {
    var data = Planted.of(60, 4, 3, true, new Seed(1));
    int n = data.x().rows().rows();
    var labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = data.x().rows().at(i, 1) > 0.5 ? 2 : data.x().rows().at(i, 1) > -0.5 ? 1 : 0;
    }
    var names = List.of("low", "mid", "high");
    var train = new boolean[n];
    Arrays.fill(train, true);
    var fit =
        TokenSoftmax.fit(
            data.x().rows(),
            train,
            List.of(TokenLabels.Column.classes("c", names, labels)),
            TokenSoftmax.Settings.DEFAULT);
    var tagger = new Tagger(fit.probes(0));
    assertThat(again(names, tagger)).isEqualTo(tagger);
    var p = tagger.probabilities(data.x().rows());
    for (int i = 0; i < n; i++) {
      assertThat(Arrays.stream(p[i]).sum()).isCloseTo(1, within(1e-12));
      int best = fit.predict(data.x().rows())[0][i];
      assertThat(p[i][best]).isEqualTo(Arrays.stream(p[i]).max().orElseThrow());
    }
  }

  @Test
  void treesAndScoresOfTexts() {
    var map = Matrix.ofDoubles(3, 2, new double[] {1, 2, 3, 4, 5, 6});
    for (var kind : StructuralProbe.Kind.values()) {
      var read = (StructuralProbe) again(List.of(), StructuralProbe.of(kind, map));
      assertThat(read.says()).isEqualTo(kind);
      assertThat(read.map()).isEqualTo(map);
    }
    var data = Planted.of(20, 5, 2, true, new Seed(2));
    var direction = new double[Planted.WIDTH];
    direction[0] = 1.5;
    for (var how : List.of("last", "softmax:2.0", "ema:0.5", "rolling-mean:3", "max-rolling:2")) {
      var probe = TokenProbe.of(Linear.of(direction, -0.25), Aggregation.parse(how));
      assertThat(((TokenProbe) again(List.of("no", "yes"), probe)).scores(data.x()))
          .containsExactly(probe.scores(data.x()));
    }
  }

  @Test
  void attentionWithItsWeights() {
    var data = Planted.of(60, 6, 4, false, new Seed(3));
    for (var settings :
        List.of(
            AttentionProbe.Settings.DEFAULT.withStarts(1),
            AttentionProbe.Settings.multiMax().withHeads(2).withStarts(1),
            AttentionProbe.Settings.rolling().withHeads(2).withStarts(1))) {
      var probe = AttentionProbe.fit(data.x(), data.y(), settings, new Seed(4));
      var read = (AttentionProbe) again(List.of("no", "yes"), probe);
      assertThat(read.scores(data.x())).containsExactly(probe.scores(data.x()), within(1e-10));
      for (int i = 0; i < 60; i++) {
        double score = probe.bias();
        var weights = probe.weights(data.x(), i);
        for (int h = 0; h < weights.length; h++) {
          assertThat(Arrays.stream(weights[h]).sum()).isCloseTo(1, within(1e-9));
          for (int t = 0; t < weights[h].length; t++) {
            var row = data.x().rows().row(data.x().tokens(i)[t]);
            var value = probe.value(h);
            for (int j = 0; j < row.length; j++) {
              score += weights[h][t] * value[j] * row[j];
            }
          }
        }
        assertThat(score).isCloseTo(probe.scores(data.x())[i], within(1e-9));
      }
    }
  }

  @Test
  void threeClassesWithAbstention() {
    var two = Planted.of(90, 4, 4, true, new Seed(5));
    var labels = new int[90];
    for (int i = 0; i < 90; i++) {
      labels[i] = two.y().at(i) == 1 ? 2 : i % 4 == 0 ? 1 : 0;
    }
    var names = List.of("false", "neither", "true");
    var y = Classes.of(names, labels);
    var three = SawmilClasses.fit(two.x(), y, Sawmil.Settings.DEFAULT.withBag(4));
    var p = three.probabilities(two.x());
    var probe = new Verdicts(three, Optional.of(Conformal.of(p, y, 0.2)));
    var read = (Verdicts) again(names, probe);
    assertThat(read.classes().probabilities(two.x())).isDeepEqualTo(p);
    for (var row : p) {
      assertThat(read.calibration().orElseThrow().set(row))
          .isEqualTo(probe.calibration().orElseThrow().set(row));
    }
    assertThat(((Verdicts) again(names, new Verdicts(three, Optional.empty()))).calibration())
        .isEmpty();
  }

  @Test
  void refusesAnotherModelAndDamagedFiles() throws IOException {
    var probe = TokenProbe.of(Linear.of(new double[] {1, 2}, 0), new Aggregation.Max());
    var file = folder.resolve("p.safetensors");
    saved(List.of("no", "yes"), probe).write(file);
    var read = SavedSequence.read(file);
    read.mustFit("same", Digest.of("a model"), "tokens");
    assertThatThrownBy(() -> read.mustFit("other", Digest.of("another"), "tokens"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("reads only the model it was trained on");
    assertThatThrownBy(() -> read.mustFit("other", Digest.of("a model"), "others"))
        .isInstanceOf(BadInput.class);
    // a map of one class where three are named
    saved(List.of("a", "b", "c"), new Tagger(List.of(probe.direction(), probe.direction())))
        .write(file);
    assertThatThrownBy(() -> SavedSequence.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("should be 3 x 2, but is 2 x 2");
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 40));
    assertThatThrownBy(() -> SavedSequence.read(file)).isInstanceOf(BadInput.class);
  }
}
