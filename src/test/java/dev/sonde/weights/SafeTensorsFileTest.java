package dev.sonde.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two ways of writing, one file.
final class SafeTensorsFileTest {
  @TempDir private Path folder = Path.of("");

  /// Of many sizes, from none to more than one chunk.
  private static SafeTensorsFile file() {
    var out = new SafeTensorsFile().with("made", "by hand");
    int[] sizes = {0, 1, 7, 64, 1000, 300_000, 1_200_001};
    for (int size : sizes) {
      out =
          out.with(
              "t" + size,
              DType.FLOAT32,
              () -> {
                var random = new Seed(size).generator();
                var numbers = new float[size];
                for (int i = 0; i < size; i++) {
                  numbers[i] = (float) random.nextGaussian();
                }
                return MemorySegment.ofArray(numbers);
              },
              size);
    }
    return out;
  }

  @Test
  void sideBySideIsTheSameFile() throws IOException {
    var one = folder.resolve("one.safetensors");
    var other = folder.resolve("other.safetensors");
    assertThat(file().write(one)).isEqualTo(Digest.of(one));
    file().writeSideBySide(other);
    assertThat(Files.mismatch(one, other)).isEqualTo(-1);
    file().with("t8", new float[8], 8).writeSideBySide(other);
    assertThat(Files.mismatch(one, other)).isNotEqualTo(-1);
  }

  /// A tensor that cannot be made leaves nothing behind, and its own error.
  @Test
  void wholeOrAbsent() throws IOException {
    var target = folder.resolve("a.safetensors");
    var broken =
        file()
            .with(
                "t5",
                DType.FLOAT32,
                () -> {
                  throw new BadInput("no such number");
                },
                5);
    assertThatThrownBy(() -> broken.writeSideBySide(target))
        .isInstanceOf(BadInput.class)
        .hasMessage("no such number");
    assertThatThrownBy(() -> broken.write(target)).hasMessage("no such number");
    var short5 = file().with("t5", DType.FLOAT32, () -> MemorySegment.ofArray(new float[4]), 5);
    assertThatThrownBy(() -> short5.writeSideBySide(target)).hasMessageContaining("'t5' takes 20");
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
