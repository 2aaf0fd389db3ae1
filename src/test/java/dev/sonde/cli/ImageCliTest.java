package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.Shared;
import dev.sonde.activation.Store;
import dev.sonde.hook.Point;
import dev.sonde.model.Batch;
import dev.sonde.model.ImageProcessor;
import dev.sonde.model.Model;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.weights.SafeTensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Images in the commands, on a vision transformer whose every tensor is checked elsewhere.
final class ImageCliTest {
  @TempDir private Path folder = Path.of("");

  private Path vit = Path.of("");

  @BeforeEach
  void modelWithItsSettings() throws IOException {
    var golden = Shared.folder("golden/vit");
    Assumptions.assumeTrue(golden.isPresent());
    vit = Files.createDirectory(folder.resolve("vit"));
    for (var name : List.of("config.json", "model.safetensors")) {
      Files.copy(golden.get().resolve(name), vit.resolve(name));
    }
    Files.writeString(
        vit.resolve("preprocessor_config.json"),
        """
        {"do_resize": true, "size": {"height": 16, "width": 16}, "do_rescale": true,
         "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
        """);
  }

  /// Grey noise, the left or the right half brighter.
  private static void draw(Path file, boolean left, long seed) throws IOException {
    var random = new Random(seed);
    var image = new BufferedImage(24, 20, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 24; x++) {
        int level = random.nextInt(120) + (x < 12 == left ? 90 : 30);
        image.setRGB(x, y, level << 16 | level << 8 | level);
      }
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "png", file.toFile());
  }

  private Path table(int rows) throws IOException {
    var random = new Random(3);
    var lines = new ArrayList<>(List.of("path,side,dealt,shoot"));
    for (int i = 0; i < rows; i++) {
      boolean left = i % 2 == 0;
      draw(folder.resolve("shots/%02d.png".formatted(i)), left, i);
      lines.add(
          "shots/%02d.png,%s,%s,%d"
              .formatted(i, left ? "left" : "right", random.nextBoolean() ? "a" : "b", i / 4));
    }
    return Files.write(folder.resolve("shots.csv"), lines);
  }

  private static CliTest.Result sonde(String... line) {
    return CliTest.sonde(line);
  }

  /// `[token, d_model]` by the library.
  private float[] library(Path image, String point) {
    var numbers = ImageProcessor.of(vit).read(image);
    try (var model = Model.open(vit, Kernels.PLAIN);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      var at = Point.parse(point);
      return model.read(Batch.ofImages(List.of(numbers), 17), List.of(at)).of(at, 0).toFloats();
    }
  }

  @Test
  void anImageIsRunAndItsClassTold() throws IOException {
    var image = folder.resolve("a.png");
    draw(image, true, 1);
    var out = folder.resolve("run.safetensors");
    var run =
        sonde(
            "run", "" + vit, "--image", "" + image, "--capture", "resid_post.1", "--out", "" + out);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("17 tokens: [CLS] and patches", "[17, 32]", "at 0, [CLS]", "'LABEL_");
    try (var file = SafeTensors.open(out)) {
      var row = file.get("resid_post.1").toFloats();
      var expected = library(image, "resid_post.1");
      assertThat(row).hasSameSizeAs(expected);
      for (int i = 0; i < row.length; i++) {
        assertThat(row[i]).isEqualTo(expected[i], within(1e-5f));
      }
    }
  }

  @Test
  void anEditOfAPatchMovesWhatComesAfter() throws IOException {
    var image = folder.resolve("a.png");
    draw(image, true, 1);
    var line =
        sonde(
            "run",
            "" + vit,
            "--image",
            "" + image,
            "--capture",
            "resid_post.0,resid_post.2",
            "--edit",
            "resid_post.1@3=zero",
            "--json");
    assertThat(line.err()).isEmpty();
    var tree = JsonMapper.shared().readTree(line.out());
    assertThat(tree.path("answers").path(0).path("kl").asDouble()).isPositive();
    var points = tree.path("points");
    for (int i = 0; i < 17; i++) {
      assertThat(points.path(0).path("moved").path(i).asDouble()).isZero();
    }
    assertThat(points.path(1).path("moved").path(0).asDouble()).isPositive();
  }

  private CliTest.Result capture(Path images, Path acts) {
    var words = new ArrayList<>(List.of("capture", "--model", vit.toString(), "--images"));
    words.addAll(List.of(images.toString(), "--points", "resid_post.2", "--position"));
    words.addAll(List.of("first,mean,all", "--out", acts.toString()));
    return sonde(words.toArray(String[]::new));
  }

  @Test
  void imagesAreCapturedAtTheClassTokenOrAveraged() throws IOException {
    var acts = folder.resolve("acts");
    var run = capture(table(6), acts);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("6 images, 102 tokens");
    var expected = library(folder.resolve("shots/05.png"), "resid_post.2");
    try (var store = Store.open(acts)) {
      var first = store.matrix("resid_post.2@first");
      var averaged = store.matrix("resid_post.2@mean");
      var all = store.matrix("resid_post.2@all");
      assertThat(all.rows()).isEqualTo(6 * 17);
      for (int j = 0; j < 32; j++) {
        double mean = 0;
        for (int t = 0; t < 17; t++) {
          mean += expected[t * 32 + j] / 17.0;
        }
        assertThat(first.at(5, j)).isEqualTo(expected[j], within(1e-5));
        assertThat(averaged.at(5, j)).isEqualTo(mean, within(1e-5));
        assertThat(all.at(5 * 17 + 4, j)).isEqualTo(expected[4 * 32 + j], within(1e-5));
      }
    }
  }

  @Test
  void aStoreOfOtherImagesIsNotGoneOnWith() throws IOException {
    var table = table(4);
    var acts = folder.resolve("acts");
    assertThat(capture(table, acts).code()).isZero();
    assertThat(capture(table, acts).code()).isZero();
    draw(folder.resolve("shots/03.png"), true, 77); // the same name, another image
    assertThat(capture(table, acts).code()).isEqualTo(2);
  }

  @Test
  void aFolderOfImagesIsCaptured() throws IOException {
    table(3);
    var acts = folder.resolve("acts");
    var run =
        sonde(
            "capture",
            "--model",
            "" + vit,
            "--images",
            "" + folder.resolve("shots"),
            "--out",
            "" + acts);
    assertThat(run.err()).isEmpty();
    try (var store = Store.open(acts)) {
      assertThat(store.texts()).isEqualTo(3);
      assertThat(store.sites()).contains("resid_post.2@first", "resid_post.2@mean");
    }
  }

  private CliTest.Result probe(String label, Path images, Path out) {
    return sonde(
        "probe",
        "--model",
        "" + vit,
        "--images",
        "" + images,
        "--label",
        label,
        "--permutations",
        "200",
        "--bootstrap",
        "200",
        "--out",
        "" + out);
  }

  @Test
  void whatIsInImagesIsProbed() throws IOException {
    var table = table(60);
    var out = folder.resolve("out");
    var run = probe("side", table, out);
    assertThat(run.err()).isEmpty();
    var found = JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
    var best = found.path("sites").path(found.path("best").path("site").asInt());
    assertThat(best.path("accuracy").path("value").asDouble()).isGreaterThan(0.9);
    assertThat(best.path("pValue").asDouble(1)).isLessThan(0.02);
    var names = new ArrayList<String>();
    found.path("baselines").forEach(b -> names.add(b.path("name").asString()));
    // a path is not what the network reads: no words, no length
    assertThat(names).containsExactly("majority", "file size", "pixels", "token embeddings");
    assertThat(Files.readString(out.resolve("report.html"))).contains("pixels");
    var score =
        sonde(
            "score",
            "--probe",
            "" + out.resolve("probe.safetensors"),
            "--model",
            "" + vit,
            "--images",
            "" + table,
            "--json");
    assertThat(score.err()).isEmpty();
    var lines = score.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(lines).hasSize(60);
    long right = 0;
    for (int i = 0; i < 60; i++) {
      right += lines.get(i).path("probability").asDouble() > 0.5 == (i % 2 == 1) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(55);
  }

  @Test
  void dealtLabelsAreNotFoundInImages() throws IOException {
    var out = folder.resolve("out");
    assertThat(probe("dealt", table(60), out).err()).isEmpty();
    var found = JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
    assertThat(found.path("verdict").path("answer").asString()).isEqualTo("NO");
  }

  @Test
  void foldersNameClassesAndCopiesAreSeen() throws IOException {
    for (int i = 0; i < 40; i++) {
      draw(folder.resolve("by/%s/%d.png".formatted(i % 2 == 0 ? "l" : "r", i)), i % 2 == 0, i);
    }
    Files.copy(folder.resolve("by/l/0.png"), folder.resolve("by/r/copy.png"));
    var out = folder.resolve("out");
    var run = probe("label", folder.resolve("by"), out);
    assertThat(run.err()).isEmpty();
    var found = JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
    assertThat(found.path("origin").path("data").path("rows").asInt()).isEqualTo(41);
    assertThat(found.path("verdict").path("lights").toString())
        .contains("1 images occur with different labels");
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    var image = folder.resolve("a.png");
    draw(image, true, 1);
    var text = sonde("run", "" + vit, "A text.");
    assertThat(text.code()).isEqualTo(2);
    assertThat(text.err()).contains("reads images, not texts");
    var last =
        sonde(
            "capture",
            "--model",
            "" + vit,
            "--images",
            "" + folder,
            "--position",
            "last",
            "--out",
            "" + folder.resolve("no"));
    assertThat(last.code()).isEqualTo(2);
    assertThat(last.err()).contains("an image has no position last");
    Files.writeString(folder.resolve("bad.csv"), "path,label\nnowhere.png,a\na.png,b\n");
    var bad = sonde("probe", "--model", "" + vit, "--images", "" + folder.resolve("bad.csv"));
    assertThat(bad.code()).isEqualTo(2);
    assertThat(bad.err()).contains("there is no image").hasLineCount(1);
    Files.delete(vit.resolve("preprocessor_config.json"));
    var blind = sonde("run", "" + vit, "--image", "" + image);
    assertThat(blind.code()).isEqualTo(2);
    assertThat(blind.err()).contains("has no preprocessor_config.json");
    Shared.folder("models/stories260k")
        .ifPresent(story -> {
          var reader = sonde("run", "" + story, "--image", "" + image);
          assertThat(reader.code()).isEqualTo(2);
          assertThat(reader.err()).contains("reads texts, not images");
        });
  }
}
