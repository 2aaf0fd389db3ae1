package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.data.Npy;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Images and what the reference library makes of them: `bench/image_cases.py`.
final class ImageProcessorTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");
  private static final String HALF =
      "\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]";
  private static final String IMAGENET =
      "\"image_mean\": [0.485, 0.456, 0.406], \"image_std\": [0.229, 0.224, 0.225]";
  private static final String BILINEAR =
      "{\"size\": {\"height\": 16, \"width\": 16}, " + HALF + "}";

  @TempDir private Path folder = Path.of("");

  private ImageProcessor processor(String config) throws IOException {
    Files.writeString(folder.resolve("preprocessor_config.json"), config);
    return ImageProcessor.of(folder);
  }

  /// The largest difference in levels of 255, of the reference.
  private static double off(float[] found, String reference, double std) {
    var expected = Npy.read(IMAGES.resolve(reference + ".npy"));
    assertThat(found).hasSize((int) expected.count());
    double off = 0;
    for (int i = 0; i < found.length; i++) {
      off = Math.max(off, Math.abs(found[i] - expected.at(i)));
    }
    return off * std * 255;
  }

  /// Exact but for float32 where pixels are stored; a JPEG's are as its decoder rounds.
  @ParameterizedTest
  @CsvSource({
    "colour.png, 0.01",
    "grey.png, 0.01",
    "clear.png, 0.01",
    "palette.png, 0.01",
    "colour.jpg, 3.01"
  })
  void bilinear(String image, double levels) throws IOException {
    var found = processor(BILINEAR).read(IMAGES.resolve(image));
    assertThat(off(found, "bilinear-" + image, 0.5)).isLessThan(levels);
    assertThat(
            off(found, "bilinear-" + (image.startsWith("grey") ? "colour" : "grey") + ".png", 0.5))
        .isGreaterThan(20);
  }

  @ParameterizedTest
  @CsvSource({"bicubic, 3, 64, 20", "lanczos, 1, 20, 24"})
  void otherFilters(String name, int number, int height, int width) throws IOException {
    var config = "{\"size\": {\"height\": %d, \"width\": %d}, \"resample\": %s, %s}";
    var image = IMAGES.resolve("colour.png");
    var found = processor(config.formatted(height, width, number, IMAGENET)).read(image);
    assertThat(off(found, name + "-colour.png", 0.229)).isLessThan(0.01);
    var other = processor(config.formatted(height, width, 2, IMAGENET)).read(image);
    assertThat(off(other, name + "-colour.png", 0.229)).isGreaterThan(1);
  }

  /// The middle of what was scaled by its shorter side.
  @Test
  void cropsAreFromTheMiddle() throws IOException {
    var config =
        "{\"size\": {\"shortest_edge\": 37}, \"do_center_crop\": true, \"crop_size\": {\"height\": 21, \"width\": 21}, \"do_normalize\": false}";
    var image = Picture.read(IMAGES.resolve("colour.png"));
    var found = processor(config).read(IMAGES.resolve("colour.png"));
    assertThat(found).hasSize(3 * 21 * 21);
    for (int c = 0; c < 3; c++) {
      int pixel = (8 + 5) * 53 + 16 + 7;
      assertThat(found[(c * 21 + 5) * 21 + 7] * 255)
          .isBetween(image.level(pixel, c) - 0.01f, image.level(pixel, c) + 0.01f);
    }
  }

  @Test
  void whatIsNotBuiltIsRefused() {
    assertThatThrownBy(() -> ImageProcessor.of(folder))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("preprocessor_config.json");
    for (var config :
        List.of(
            "{\"resample\": 5}",
            "{\"size\": 0}",
            "{\"size\": {\"height\": 100000, \"width\": 2}}",
            "{\"image_mean\": [0.5]}")) {
      assertThatThrownBy(() -> processor(config)).as(config).isInstanceOf(BadInput.class);
    }
  }

  /// A header that speaks of more pixels than its few bytes can hold.
  @Test
  void aBombIsNotDecoded() throws IOException {
    var bytes = Files.readAllBytes(IMAGES.resolve("colour.png"));
    ByteBuffer.wrap(bytes).putInt(16, 60_000).putInt(20, 60_000);
    var crc = new CRC32();
    crc.update(bytes, 12, 17);
    ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
    var bomb = Files.write(folder.resolve("bomb.png"), bytes);
    assertThatThrownBy(() -> Picture.read(bomb))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("3,600,000,000 pixels");
  }

  @Test
  void aPictureRunsThroughANetwork() throws IOException {
    var model = Shared.folder("golden/vit");
    if (model.isEmpty()) {
      return;
    }
    var images = processor(BILINEAR);
    try (var vit = Model.open(model.get(), Kernels.PLAIN);
        var scope = Scope.open()) {
      var both =
          List.of(
              images.read(IMAGES.resolve("colour.png")), images.read(IMAGES.resolve("grey.png")));
      var taps =
          vit.read(
              Batch.ofImages(both, vit.architecture().context()), List.of(Point.of(Place.LOGITS)));
      var first = taps.of(Point.of(Place.LOGITS), 0).toFloats();
      assertThat(first).hasSize(vit.architecture().context() * 7);
      assertThat(first).isNotEqualTo(taps.of(Point.of(Place.LOGITS), 1).toFloats());
    }
  }

  /// Damaged images are read or refused with one line.
  @Test
  void damagedImages() throws IOException {
    var images = processor(BILINEAR);
    for (var name : List.of("colour.png", "colour.jpg", "palette.png")) {
      var sound = Files.readAllBytes(IMAGES.resolve(name));
      int refused = 0;
      int count = Integer.getInteger("sonde.fuzz", 300);
      for (int i = 0; i < count; i++) {
        var random = new Seed(20261124).forPurpose(name, i).generator();
        var damaged = sound.clone();
        for (int k = 1 + random.nextInt(6); k > 0; k--) {
          damaged[random.nextInt(random.nextBoolean() ? 64 : sound.length)] =
              (byte) random.nextInt();
        }
        if (random.nextInt(4) == 0) {
          damaged = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length));
        }
        var file = Files.write(folder.resolve("damaged"), damaged);
        try {
          assertThat(images.read(file)).hasSize(768);
        } catch (BadInput e) {
          refused++;
          assertThat(String.valueOf(e.getMessage()).lines().count()).as("case %d", i).isEqualTo(1);
        }
      }
      System.out.printf("fuzz %s: seed 20261124, %d cases, %d refused%n", name, count, refused);
      assertThat(refused).isGreaterThan(count / 10);
    }
  }
}
