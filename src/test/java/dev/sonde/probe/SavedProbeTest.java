package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
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
      assertThat(read.at("embed@mean").direction()).isEqualTo(new double[] {0.1, -1e-300, Math.PI});
      assertThat(read.at("embed@mean").bias()).isEqualTo(-2.5);
      read.mustFit("m", MODEL, "words");
    }
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
