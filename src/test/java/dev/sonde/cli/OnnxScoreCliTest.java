package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.Shared;
import dev.sonde.data.Matrix;
import dev.sonde.data.Npy;
import dev.sonde.onnx.TinyOnnx;
import dev.sonde.probe.Answers;
import dev.sonde.probe.SavedProbe;
import dev.sonde.weights.SafeTensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a study of an ONNX network saved, on what is fed to that network; and on no other.
final class OnnxScoreCliTest {
  private static final int ROWS = 120;

  @TempDir private Path folder = Path.of("");

  private CliTest.Result study(Path network, String... more) {
    var line = new ArrayList<>(List.of("probe", "--model", "" + network));
    line.addAll(List.of("--permutations", "99", "--bootstrap", "100"));
    line.addAll(List.of("--out", folder.resolve("out").toString()));
    line.addAll(List.of(more));
    return CliTest.sonde(line.toArray(String[]::new));
  }

  private CliTest.Result score(Path network, String... more) {
    var line = new ArrayList<>(List.of("score", "--probe", "" + probe(), "--model", "" + network));
    line.addAll(List.of(more));
    return CliTest.sonde(line.toArray(String[]::new));
  }

  private Path probe() {
    return folder.resolve("out/probe.safetensors");
  }

  private static List<JsonNode> lines(CliTest.Result run) {
    assertThat(run.err()).isEmpty();
    return run.out().lines().map(l -> JsonMapper.shared().readTree(l)).toList();
  }

  private static void refused(CliTest.Result run, String why) {
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(why).hasLineCount(1);
  }

  private double[][] x() {
    var random = new Random(5);
    var out = new double[ROWS][3];
    for (var row : out) {
      for (int j = 0; j < 3; j++) {
        row[j] = random.nextGaussian();
      }
      row[1] = 2 + (random.nextBoolean() ? 1 : -1) * (0.2 + Math.abs(row[1]));
    }
    return out;
  }

  /// `y = relu(x + (1, -2, 3))`, by hand.
  private static Matrix y(double[][] x) {
    var out = new float[x.length * 3];
    float[] b = {1, -2, 3};
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.max(0, (float) x[i / 3][i % 3] + b[i % 3]);
    }
    return Matrix.ofFloats(x.length, 3, out);
  }

  private enum Said {
    CLASS,
    CLASSES,
    NUMBER
  }

  private Path sums(Said said) throws IOException {
    var rows = new ArrayList<>(List.of("a,b,c"));
    var labels = new ArrayList<>(List.of("said"));
    for (var r : x()) {
      rows.add("%s,%s,%s".formatted(r[0], r[1], r[2]));
      labels.add(
          switch (said) {
            case CLASS -> r[1] > 2 ? "yes" : "no";
            case CLASSES -> r[1] < 2 ? "low" : r[0] > 0 ? "right" : "left";
            case NUMBER -> "" + (r[0] + 2 * r[2]);
          });
    }
    Files.write(folder.resolve("rows.csv"), rows);
    Files.write(folder.resolve("labels.csv"), labels);
    return Files.write(folder.resolve("sums.onnx"), TinyOnnx.sums());
  }

  private List<JsonNode> scored(Said said, String... study) throws IOException {
    var network = sums(said);
    var line =
        new ArrayList<>(
            List.of(
                "--data",
                folder.resolve("rows.csv").toString(),
                "--labels",
                folder.resolve("labels.csv") + ":said",
                "--points",
                "x,y"));
    line.addAll(List.of(study));
    assertThat(study(network, line.toArray(String[]::new)).err()).isEmpty();
    var found = score(network, "--site", "y", "--data", "" + folder.resolve("rows.csv"), "--json");
    return lines(found);
  }

  private List<List<Double>> expected() {
    var saved = SavedProbe.read(probe());
    return Answers.of(saved.at("y"), y(x()), Optional.empty()).columns();
  }

  @Test
  void ofTwoClassesScoreProbabilityAndClass() throws IOException {
    var found = scored(Said.CLASS);
    var expected = expected().getFirst();
    assertThat(found).hasSize(ROWS);
    int right = 0;
    for (int i = 0; i < ROWS; i++) {
      double score = found.get(i).path("score").asDouble();
      assertThat(found.get(i).path("row").asInt()).isEqualTo(i);
      assertThat(score).isCloseTo(expected.get(i), within(1e-9));
      assertThat(found.get(i).path("probability").asDouble())
          .isCloseTo(1 / (1 + Math.exp(-score)), within(1e-12));
      var name = found.get(i).path("class").asString();
      assertThat(name).isEqualTo(score > 0 ? "yes" : "no");
      right += name.equals(x()[i][1] > 2 ? "yes" : "no") ? 1 : 0;
    }
    assertThat(right).isGreaterThan(ROWS * 9 / 10);
    var text = score(folder.resolve("sums.onnx"), "" + folder.resolve("rows.csv")).out();
    assertThat(text).startsWith("P(yes)  log-odds  class  row").hasLineCount(ROWS + 1);
  }

  @Test
  void ofManyClassesTheLikeliest() throws IOException {
    var found = scored(Said.CLASSES);
    var expected = expected();
    var names = SavedProbe.read(probe()).classes();
    assertThat(names).containsExactlyInAnyOrder("low", "right", "left");
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      for (int k = 0; k < names.size(); k++) {
        assertThat(found.get(i).path("scores").path(names.get(k)).asDouble())
            .isCloseTo(expected.get(k).get(i), within(1e-9));
        sum += found.get(i).path("probabilities").path(names.get(k)).asDouble();
      }
      assertThat(sum).isCloseTo(1, within(1e-9));
      assertThat(names).contains(found.get(i).path("class").asString());
    }
    var text = score(folder.resolve("sums.onnx"), "" + folder.resolve("rows.csv")).out();
    assertThat(text).startsWith("class  probability  row").hasLineCount(ROWS + 1);
  }

  @Test
  void ofNumbersTheNumber() throws IOException {
    var found = scored(Said.NUMBER, "--probe", "ridge");
    var expected = expected().getFirst();
    for (int i = 0; i < ROWS; i++) {
      assertThat(found.get(i).path("score").asDouble()).isCloseTo(expected.get(i), within(1e-9));
      assertThat(found.get(i).has("probability") || found.get(i).has("class")).isFalse();
    }
    var text = score(folder.resolve("sums.onnx"), "" + folder.resolve("rows.csv")).out();
    assertThat(text).startsWith("predicted  row").hasLineCount(ROWS + 1);
  }

  @Test
  void whatDoesNotBelongIsRefused() throws IOException {
    scored(Said.CLASS);
    var network = folder.resolve("sums.onnx");
    var rows = "" + folder.resolve("rows.csv");
    var other = Files.write(folder.resolve("other.onnx"), TinyOnnx.sums(1, -2, 4));
    refused(score(other, "--data", rows), "trained on a model with digest");
    refused(score(network, "--data", rows, "--site", "sum"), "no probe for sum; it has x, y");
    refused(score(network), "nothing to score");
    refused(score(network, "--data", rows, "--tokens"), "--tokens");
    var wide = Files.writeString(folder.resolve("wide.csv"), "a,b,c,d\n1,2,3,4\n");
    refused(score(network, "--data", "" + wide), "takes");
    refused(score(folder.resolve("none.onnx"), "--data", rows), "there is no file");
    refused(score(network, "--data", "" + folder.resolve("none.csv")), "none.csv");
  }

  /// The numbers of a network may lie beside its file; others there make another network.
  @Test
  void numbersBesideTheFileCount() throws IOException {
    sums(Said.CLASS);
    var network = Files.write(folder.resolve("beside.onnx"), TinyOnnx.sumsOutside("b.bin"));
    Files.write(folder.resolve("b.bin"), TinyOnnx.floats(1, -2, 3));
    var rows = "" + folder.resolve("rows.csv");
    var labels = folder.resolve("labels.csv") + ":said";
    var study = study(network, "--data", rows, "--labels", labels, "--points", "y");
    assertThat(study.err()).isEmpty();
    assertThat(lines(score(network, "--data", rows, "--json"))).hasSize(ROWS);
    Files.write(folder.resolve("b.bin"), TinyOnnx.floats(1, -2, 4));
    refused(score(network, "--data", rows), "trained on a model with digest");
  }

  @Test
  void digitsFromTheirOwnNetworkOnly() {
    Shared.folder("models/digits-cnn")
        .ifPresent(from -> {
          try {
            for (var name : List.of("clean", "flawed")) {
              var other = name.equals("clean") ? "flawed" : "clean";
              digits(from, "digits-" + name, "digits-" + other);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void digits(Path from, String name, String other) throws IOException {
    var images = "" + from.resolve("images.npy");
    var network = from.resolve(name + ".onnx");
    var point = "/Flatten_output_0";
    var study =
        study(
            network,
            "--data",
            images,
            "--labels",
            "" + from.resolve("labels.npy"),
            "--positive",
            "7",
            "--points",
            point);
    assertThat(study.err()).isEmpty();
    var found = lines(score(network, "--data", images, "--json"));
    var digits = Npy.read(from.resolve("labels.npy"));
    assertThat(found).hasSize(digits.rows());
    int right = 0;
    for (int i = 0; i < found.size(); i++) {
      boolean seven = found.get(i).path("class").asString().equals("7");
      right += seven == (digits.integer(i) == 7) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(found.size() * 95 / 100);
    reference(network, from.resolve(name + "-reference.safetensors"), point);
    refused(score(from.resolve(other + ".onnx"), "--data", images), "trained on a model with");
    one(network, from, found);
  }

  /// Eight images of which every tensor was computed elsewhere: the probe on those is the score.
  private void reference(Path network, Path stored, String point) throws IOException {
    try (var file = SafeTensors.open(stored)) {
      var images = floats(file, "image");
      var lines = new ArrayList<String>();
      lines.add(String.join(",", IntStream.range(0, 64).mapToObj(j -> "p" + j).toList()));
      for (int i = 0; i < 8; i++) {
        int row = i;
        lines.add(
            String.join(
                ",", IntStream.range(0, 64).mapToObj(j -> "" + images[row * 64 + j]).toList()));
      }
      var table = Files.write(folder.resolve("eight.csv"), lines);
      var found = lines(score(network, "--data", "" + table, "--json"));
      var x = floats(file, point);
      var expected =
          SavedProbe.read(probe()).probe(point).scores(Matrix.ofFloats(8, x.length / 8, x));
      double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(found).hasSize(8);
      for (int i = 0; i < 8; i++) {
        assertThat(found.get(i).path("score").asDouble())
            .isCloseTo(expected[i], within(1e-5 * scale));
      }
    }
  }

  private static float[] floats(SafeTensors file, String name) {
    return file.segment(name).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  /// A file a row, and a folder: the same as the row of the array.
  private void one(Path network, Path from, List<JsonNode> found) throws IOException {
    var images = Npy.read(from.resolve("images.npy"));
    int side = (int) Math.rint(Math.sqrt((double) images.width()));
    double most = 0;
    for (long i = 0; i < images.count(); i++) {
      most = Math.max(most, images.at(i));
    }
    var pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int row = 0; row < 3; row++) {
      var picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < side * side; i++) {
        int value = (int) Math.rint(images.at((long) row * side * side + i) / most * 255);
        picture.getRaster().setSample(i % side, i / side, 0, value);
      }
      ImageIO.write(picture, "png", pictures.resolve(row + ".png").toFile());
    }
    var single = lines(score(network, "" + pictures.resolve("1.png"), "--json"));
    var all = lines(score(network, "--data", "" + pictures, "--json"));
    var listed = lines(score(network, "--images", "" + pictures, "--json"));
    assertThat(single).hasSize(1);
    assertThat(all).hasSize(3);
    assertThat(all.get(1).path("image").asString()).endsWith("1.png");
    for (int row = 0; row < 3; row++) {
      double score = found.get(row).path("score").asDouble();
      double scale = 0.05 * Math.max(1, Math.abs(score)); // eight bits a pixel
      assertThat(all.get(row).path("score").asDouble()).isCloseTo(score, within(scale));
      assertThat(listed.get(row).path("score")).isEqualTo(all.get(row).path("score"));
    }
    assertThat(single.getFirst().path("score")).isEqualTo(all.get(1).path("score"));
  }
}
