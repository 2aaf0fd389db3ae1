package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.Classes;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.weights.SafeTensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A probe on disk is the probe that was, and reads only the model it belongs to.
final class SavedProbeTest {
  private static final Digest MODEL = Digest.of("weights");

  @TempDir private Path folder = Path.of("");

  private static SavedProbe probe(List<String> classes) {
    var linear = Linear.of(new double[] {0.1, -1e-300, Math.PI}, -2.5);
    return new SavedProbe(
        MODEL, "words", "logistic", "embed@mean", classes, "id", Map.of("embed@mean", linear));
  }

  @Test
  void everyBitComesBack() {
    for (var classes : List.of(List.of("no", "yes"), List.<String>of())) {
      var file = folder.resolve("probe" + classes.size() + ".safetensors");
      probe(classes).write(file);
      var read = SavedProbe.read(file);
      assertThat(read.classes()).isEqualTo(classes);
      assertThat(read.at("embed@mean"))
          .isEqualTo(Linear.of(new double[] {0.1, -1e-300, Math.PI}, -2.5));
      read.mustFit("m", MODEL, "words");
    }
  }

  /// One of every kind.
  private static List<Fitted> kinds() {
    var rows = Golden.rows();
    var samples = Golden.classes();
    var mlp = Mlp.fit(samples, new Mlp.Settings(4, 3, 1e-2, 0, 16, 3, 3, 0.2), new Seed(1));
    var pairs =
        samples
            .withSide("pair", Planted.ids(Golden.N, i -> i / 2))
            .withSide("element", Planted.classes(Golden.N, i -> i % 2));
    return List.of(
        new Svm().fit(samples, Basis.Scaling.NONE, 1),
        LdaClasses.fit(SoftmaxTest.terciles(), Shrinkage.OAS),
        Quadratic.fit(samples, 3, 1),
        Quadratic.discriminant(samples, 3, Shrinkage.NONE),
        Bilinear.fit(rows, rows, (Classes) samples.y(), 3, 2, 1),
        Ccs.fit(pairs, new Ccs.Settings(2, 10, 0.01, 0), new Seed(1)),
        mlp);
  }

  /// Every kind comes back as what it was, bit for bit, and scores the same.
  @Test
  void everyKindComesBack() {
    var rows = Golden.rows();
    for (var fitted : kinds()) {
      var file = folder.resolve(fitted.kind() + ".safetensors");
      new SavedProbe(
              MODEL,
              "words",
              "some",
              "embed@last",
              List.of("a", "b"),
              "id",
              Map.of("embed@last", fitted))
          .write(file);
      var read = SavedProbe.read(file);
      assertThat(read.kind()).isEqualTo(fitted.kind());
      assertThat(read.at("embed@last").parameters()).isEqualTo(fitted.parameters());
      if (fitted instanceof Probe probe) {
        assertThat(read.probe("embed@last").scores(rows)).containsExactly(probe.scores(rows));
      } else {
        assertThatThrownBy(() -> read.probe("embed@last"))
            .isInstanceOf(BadInput.class)
            .hasMessageContaining("no single score");
      }
    }
  }

  @Test
  void manyClassesKeepTheirNames() {
    var file = folder.resolve("three.safetensors");
    var three = List.of("a", "b", "c");
    var map = LdaClasses.fit(SoftmaxTest.terciles(), Shrinkage.OAS);
    new SavedProbe(MODEL, "words", "lda", "embed@last", three, "id", Map.of("embed@last", map))
        .write(file);
    assertThat(SavedProbe.read(file).classes()).isEqualTo(three);
  }

  @Test
  void aFileThatLacksSomethingIsRefused() {
    var file = folder.resolve("part.safetensors");
    var part =
        new SafeTensorsFile()
            .with("format", "sonde.probe/1")
            .with("kind", "quadratic")
            .with("best", "embed@last")
            .with("mean/embed@last", new double[] {1}, 1);
    part.write(file);
    assertThatThrownBy(() -> SavedProbe.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("lacks the tensor axes");
    part.with("kind", "cubic").write(file);
    assertThatThrownBy(() -> SavedProbe.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("cubic");
    var floats =
        new SafeTensorsFile()
            .with("format", "sonde.probe/1")
            .with("direction/embed@last", new float[] {1}, 1);
    floats.write(file);
    assertThatThrownBy(() -> SavedProbe.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("float64");
  }

  @Test
  void anotherModelIsRefused() {
    var probe = probe(List.of("no", "yes"));
    assertThatThrownBy(() -> probe.mustFit("other", Digest.of("others"), "words"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("trained on a model with digest");
    assertThatThrownBy(() -> probe.mustFit("m", MODEL, "letters"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("tokenizer");
    assertThatThrownBy(() -> probe.at("embed@last"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("embed@mean");
  }

  @Test
  void anotherFileIsRefused() {
    var file = folder.resolve("weights.safetensors");
    new SafeTensorsFile().with("a", new double[] {1}, 1).write(file);
    assertThatThrownBy(() -> SavedProbe.read(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no probe that Sonde saved");
  }
}
