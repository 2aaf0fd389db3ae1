package dev.sonde.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every quantisation against ggml's own decoder, and files that lie about themselves.
final class GgufTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void everyTypeDecodesToTheBit() {
    Shared.folder("golden/gguf")
        .ifPresent(golden -> {
          var seen = EnumSet.noneOf(Quant.class);
          try (var scope = Scope.open();
              var file = Gguf.open(golden.resolve("quants.gguf"));
              var decoded = SafeTensors.open(golden.resolve("quants-decoded.safetensors"))) {
            for (var name : decoded.names()) {
              assertThat(file.shape(name)).containsExactly(6L, 512L);
              var same = Arrays.equals(file.floats(name), decoded.get(name).toFloats());
              assertThat(same).as(name).isTrue();
              seen.add(file.type(name));
            }
          }
          assertThat(seen).isEqualTo(EnumSet.allOf(Quant.class));
        });
  }

  /// What `sonde verify` says of such a folder, and what it says when one number is another.
  @Test
  void aFolderOfDecodedTensorsIsCompared() {
    Shared.folder("golden/gguf")
        .ifPresent(golden -> {
          assertThat(Decoding.isIn(golden)).isTrue();
          assertThat(Decoding.compare(golden)).isEqualTo(new Decoding.Result(15, List.of()));
          var spoiled = bytes(golden.resolve("quants-decoded.safetensors"));
          spoiled[spoiled.length - 1] ^= 1;
          try {
            Files.copy(golden.resolve("quants.gguf"), folder.resolve("quants.gguf"));
            Files.write(folder.resolve("quants-decoded.safetensors"), spoiled);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          assertThat(Decoding.compare(folder).different()).hasSize(1);
        });
    assertThat(Decoding.isIn(folder.resolve("nowhere"))).isFalse();
  }

  /// Cut off or flipped anywhere in its header, a file opens, or is refused in words.
  @Test
  void damageIsRefusedInWords() {
    Shared.folder("golden/gguf")
        .ifPresent(golden -> {
          int refused = 0;
          var whole = bytes(golden.resolve("quants.gguf"));
          var random = new Seed(77).generator();
          for (int i = 0; i < 400; i++) {
            var damaged = whole.clone();
            if (i % 2 == 0) {
              damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
            } else {
              damaged[random.nextInt(1600)] ^= (byte) (1 << random.nextInt(8));
            }
            refused += refuses(damaged) ? 1 : 0;
          }
          assertThat(refused).isGreaterThan(200);
          assertThat(refuses(whole)).isFalse();
        });
  }

  private boolean refuses(byte[] bytes) {
    try {
      var file = Files.write(folder.resolve("damaged.gguf"), bytes);
      try (var gguf = Gguf.open(file)) {
        gguf.names().forEach(gguf::floats);
        return false;
      } catch (BadInput e) {
        assertThat(e.getMessage()).isNotBlank();
        return true;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    var file = Files.writeString(folder.resolve("a.gguf"), "PK and so on, but longer");
    assertThatThrownBy(() -> Gguf.open(file))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no GGUF file");
  }
}
