package dev.sonde.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.TensorPoint.Role;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images, tables and arrays in the shape that an input declares, or one clear line.
final class InputsTest {
  @TempDir private Path folder = Path.of("");

  private static TensorPoint input(String type, Long... sizes) {
    return new TensorPoint("in", Role.INPUT, "", "", type, List.of(sizes), List.of(), true);
  }

  private Path image(String name, int type, int width, int height) throws IOException {
    var image = new BufferedImage(width, height, type);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        if (type == BufferedImage.TYPE_BYTE_GRAY) {
          image.getRaster().setSample(x, y, 0, 51 * x);
        } else {
          image.setRGB(x, y, 0xff3300 | 51 * y);
        }
      }
    }
    var file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  @Test
  void imagesBecomeChannels() throws IOException {
    var colour = image("a.png", BufferedImage.TYPE_INT_RGB, 2, 2);
    var first = Inputs.read(colour, input("float32", -1L, 3L, 2L, 2L));
    assertThat(first.shape()).containsExactly(1, 3, 2, 2);
    assertThat(first.toFloats())
        .containsExactly(1, 1, 1, 1, 0.2f, 0.2f, 0.2f, 0.2f, 0, 0, 0.2f, 0.2f);
    var last = Inputs.read(colour, input("float32", -1L, 2L, 2L, 3L));
    assertThat(last.shape()).containsExactly(1, 2, 2, 3);
    assertThat(last.at(1)).isEqualTo(0.2f);
    var grey = image("b.png", BufferedImage.TYPE_BYTE_GRAY, 2, 2);
    var one = Inputs.read(grey, input("float32", -1L, 1L, 2L, 2L));
    assertThat(one.toFloats()).containsExactly(0, 0.2f, 0, 0.2f);
    var both = Inputs.read(folder, input("float32", -1L, 3L, 4L, 6L));
    assertThat(both.shape()).containsExactly(2, 3, 4, 6);
  }

  @Test
  void tablesAreRowsOfNumbers() throws IOException {
    var table = Files.writeString(folder.resolve("t.csv"), "a,b\n1,2\n3,4.5\n");
    assertThat(Inputs.read(table, input("float32", -1L, 2L)).toFloats())
        .containsExactly(1, 2, 3, 4.5f);
    assertThat(Inputs.read(table, input("float64", -1L, 1L, 2L, 1L)).shape())
        .containsExactly(2, 1, 2, 1);
    refused(() -> Inputs.read(table, input("int64", -1L, 2L)), "4.5", "not whole");
    refused(() -> Inputs.read(table, input("float32", -1L, 3L)), "[2, 2]", "? x 3");
    refused(() -> Inputs.read(table, input("string", -1L, 2L)), "string");
    var words = Files.writeString(folder.resolve("w.csv"), "a,b\n1,x\n");
    refused(() -> Inputs.read(words, input("float32", -1L, 2L)), "row 1", "'b'", "'x'");
  }

  @Test
  void whatIsNeitherIsRefused() throws IOException {
    var text = Files.writeString(folder.resolve("t.png"), "no image");
    refused(() -> Inputs.read(text, input("float32", -1L, 1L, 2L, 2L)), "no PNG or JPEG");
    refused(() -> Inputs.read(folder.resolve("x.bin"), input("float32", -1L)), "inputs are");
    refused(() -> Inputs.read(folder.resolve("x.npy"), input("float32", -1L)), "no such file");
    Files.delete(text);
    refused(() -> Inputs.read(folder, input("float32", -1L, 1L, 2L, 2L)), "holds no");
    var image = image("a.png", BufferedImage.TYPE_INT_RGB, 2, 2);
    refused(() -> Inputs.read(image, input("float32", -1L, 7L)), "no image", "? x 7");
  }

  @Test
  void axesOfOneComeAndGoAndNothingElse() {
    var images = NdArray.of(new float[2 * 4], 2, 2, 2);
    assertThat(Inputs.fit(input("float32", -1L, 1L, 2L, 2L), images).shape())
        .containsExactly(2, 1, 2, 2);
    assertThat(Inputs.fit(input("float32", -1L, 2L, 2L, 2L), images).shape())
        .containsExactly(1, 2, 2, 2);
    refused(() -> Inputs.fit(input("float32", -1L, 4L), images), "[2, 2, 2]");
    refused(() -> Inputs.fit(input("float32", -1L, 2L, 1L, 4L), images), "[2, 2, 2]");
  }

  private static void refused(Runnable work, String... words) {
    assertThatThrownBy(work::run).isInstanceOf(BadInput.class).hasMessageContainingAll(words);
  }
}
