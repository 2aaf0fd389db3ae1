package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class DecomposeCliTest {
  @TempDir private Path folder = Path.of("");

  /// Three types by two colours: layer 0 holds their sum, layer 1 the joint value alone, layer 2
  /// nothing.
  private String activations(int n, int d, Path labels) throws IOException {
    var random = new Seed(7).generator();
    var single = random.doubles(5L * d, -1, 1).toArray();
    var joint = random.doubles(6L * d, -1, 1).toArray();
    var x = new float[n * 3 * d];
    var table = new StringBuilder("type,colour\n");
    for (int i = 0; i < n; i++) {
      int t = random.nextInt(3);
      int c = random.nextInt(2);
      for (int j = 0; j < d; j++) {
        int at = i * 3 * d + j;
        x[at] = (float) (2 * (single[t * d + j] + single[(3 + c) * d + j]) + random.nextGaussian());
        x[at + d] = (float) (2 * joint[(t * 2 + c) * d + j] + random.nextGaussian());
        x[at + 2 * d] = (float) random.nextGaussian();
      }
      table.append("t%d,c%d%n".formatted(t, c));
    }
    Files.writeString(labels, table);
    var file = folder.resolve("acts.npz");
    Npz.write(file, Map.of("x", NdArray.of(x, n, 3, d)));
    return file.toString();
  }

  private static JsonNode json(CliTest.Result result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return JsonMapper.shared().readTree(result.out());
  }

  @Test
  void sumsConjunctionsAndNothingAreToldApart() throws IOException {
    var labels = folder.resolve("labels.csv");
    var acts = activations(900, 24, labels);
    var layers =
        json(CliTest.sonde(
                "decompose",
                "--activations",
                acts,
                "--factor",
                labels + ":type",
                "--factor",
                labels + ":colour",
                "--json"))
            .path("layers");
    var sum = layers.path(0);
    var conjunction = layers.path(1);
    var noise = layers.path(2);
    assertThat(sum.path("scores_r2").asDouble()).isGreaterThan(.85);
    assertThat(conjunction.path("scores_r2").asDouble())
        .isCloseTo(conjunction.path("label_space_r2").asDouble(), within(.1));
    assertThat(noise.path("scores_r2").asDouble()).isLessThan(.1);
    // the naive measure finds in noise what labels share: that is why it is called invalid
    assertThat(noise.path("naive_weights_r2_invalid").asDouble()).isGreaterThan(.4);
    assertThat(sum.path("interaction_needed").asBoolean(true)).isFalse();
    assertThat(conjunction.path("interaction_needed").asBoolean(false)).isTrue();
  }

  @Test
  void weightsGivenDirectlyAreComparedInFull() throws IOException {
    var random = new Seed(2).generator();
    var first = random.doubles(3 * 4, -1, 1).toArray();
    var second = random.doubles(2 * 4, -1, 1).toArray();
    var joint = new double[6 * 4];
    for (int k = 0; k < 6; k++) {
      for (int j = 0; j < 4; j++) {
        joint[k * 4 + j] = 2 * first[k / 2 * 4 + j] - 3 * second[k % 2 * 4 + j];
      }
    }
    var file = folder.resolve("w.npz");
    Npz.write(
        file,
        Map.of(
            "j", NdArray.of(joint, 3, 2, 4),
            "a", NdArray.of(first, 3, 4),
            "b", NdArray.of(second, 2, 4)));
    var args =
        new String[] {
          "decompose",
          "--joint",
          file + "#j",
          "--first",
          file + "#a",
          "--second",
          file + "#b",
          "--json"
        };
    var tree = json(CliTest.sonde(args));
    for (var cell : tree.path("cells")) {
      assertThat(cell.path("alpha").asDouble()).isCloseTo(2, within(1e-12));
      assertThat(cell.path("beta").asDouble()).isCloseTo(-3, within(1e-12));
      assertThat(cell.path("r2").asDouble()).isCloseTo(1, within(1e-12));
    }
    assertThat(tree.path("interaction_share").asDouble()).isCloseTo(0, within(1e-12));
    assertThat(tree.path("cells").path(0).path("cosine_first").asDouble())
        .isEqualTo(cosine(joint, first));
    pairsThatAreNotTheirsExplainLess(args);
  }

  private void pairsThatAreNotTheirsExplainLess(String... args) throws IOException {
    var pairs = Files.writeString(folder.resolve("p.csv"), "1,1\n1,0\n2,1\n2,0\n0,1\n0,0\n");
    args[args.length - 1] = "--pairs=" + pairs;
    var text = CliTest.sonde(args);
    assertThat(text.err()).isEmpty();
    assertThat(text.out()).contains("mispaired").doesNotContain(" 1.00000   1.00000");
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int j = 0; j < 4; j++) {
      ab += a[j] * b[j];
      aa += a[j] * a[j];
      bb += b[j] * b[j];
    }
    return ab / Math.sqrt(bb * aa);
  }

  @Test
  void badInputIsOneLine() throws IOException {
    var labels = folder.resolve("labels.csv");
    var acts = activations(60, 4, labels);
    for (var bad :
        new String[][] {
          {"give either", "decompose"},
          {"given twice", "decompose", "--activations", acts, "--factor", labels + ":type"},
          {"weights need", "decompose", "--joint", acts},
          {"not 180 x 180", "decompose", "--joint", acts, "--first", acts, "--second", acts},
        }) {
      var result = CliTest.sonde(java.util.Arrays.copyOfRange(bad, 1, bad.length));
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.err()).contains(bad[0]);
    }
  }
}
