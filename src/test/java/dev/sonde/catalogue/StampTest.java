package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A GGUF file is decoded once, known again by where and how it lies, and never mistaken for
/// another.
final class StampTest {
  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void soundFile() throws IOException {
    file = Files.write(folder.resolve("a.gguf"), FuzzFiles.gguf());
  }

  private Catalogue catalogue(DType decoded) {
    var hub = HubSettings.of(Map.of("HF_HUB_OFFLINE", "1"), folder);
    return new Catalogue(folder.resolve("home"), hub, decoded);
  }

  private Path open(Path gguf) {
    return catalogue(DType.FLOAT32).open(gguf.toString(), Progress.NONE);
  }

  @Test
  void whatLiesAsItLayIsKnown() throws IOException {
    var models = folder.resolve("home/models");
    var stamp = Stamp.of(file, "form");
    assertThat(stamp.folder(models, "a")).isEmpty();
    var first = open(file);
    stamp.note(first);
    assertThat(stamp).isEqualTo(Stamp.of(file, "form"));
    assertThat(stamp.folder(models, "a")).contains(first);
    assertThat(stamp.folder(models, "b")).isEmpty();
    assertThat(Stamp.of(file, "other form").folder(models, "a")).isEmpty();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    assertThat(Stamp.of(file, "form").folder(models, "a")).isEmpty();
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    assertThat(Stamp.of(file, "form")).isNotEqualTo(stamp);
  }

  /// The same bytes are the same model wherever they lie; other bytes or another type are not.
  @Test
  void theCacheGoesByTheBytes() throws IOException {
    var first = open(file);
    assertThat(open(file)).isEqualTo(first);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    assertThat(open(file)).isEqualTo(first);
    Files.createDirectory(folder.resolve("else"));
    var copy = Files.copy(file, folder.resolve("else/a.gguf"));
    assertThat(open(copy)).isEqualTo(first);
    var half = catalogue(DType.BFLOAT16).open(file.toString(), Progress.NONE);
    assertThat(half).isNotEqualTo(first);
    assertThat(catalogue(DType.FLOAT32).open(file.toString(), Progress.NONE)).isEqualTo(first);
    var bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    var changed = open(file);
    assertThat(changed).isNotEqualTo(first);
    assertThat(digest(first)).isNotEqualTo(digest(changed)).isNotEqualTo(digest(half));
    assertThat(digest(first)).isEqualTo(digest(open(copy)));
  }

  /// A model that has lost a file is made again, known or not.
  @Test
  void whatIsNotWholeIsMadeAgain() throws IOException {
    var weights = open(file).resolve("model.safetensors");
    var before = Digest.of(weights);
    Files.delete(weights);
    assertThat(open(file)).isEqualTo(weights.getParent());
    assertThat(Digest.of(weights)).isEqualTo(before);
  }

  private Digest digest(Path model) {
    return catalogue(DType.FLOAT32).digest(model, model.resolve("model.safetensors"));
  }
}
