package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.activation.Store;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.probe.Linear;
import dev.sonde.probe.SavedProbe;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// One direction read at every token: on texts and on what was captured of them, the same scores.
final class AggregateCliTest {
  private static final List<String> TEXTS =
      List.of("the cat sees the dog", "a hen", "the fox hears a bee and the cow sees it");
  private static final String SITE = "resid_post.1@mean";

  @TempDir private Path folder = Path.of("");

  private double[] scores(List<String> args) {
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    return result
        .out()
        .lines()
        .mapToDouble(l -> JsonMapper.shared().readTree(l).path("score").asDouble())
        .toArray();
  }

  private String model = "";
  private Path data = Path.of("");

  private Path captured(String position) {
    var out = folder.resolve(position);
    var all =
        "capture --model %s --data %s --points resid_post.1 --position %s --out %s"
            .formatted(model, data, position, out)
            .split(" ", -1);
    assertThat(CliTest.sonde(all).code()).isZero();
    return out;
  }

  @BeforeEach
  void writeModelAndTexts() throws IOException {
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), TEXTS).toString();
    data = Files.writeString(folder.resolve("texts.csv"), "text\n" + String.join("\n", TEXTS));
  }

  /// Writes a probe for what was captured and gives its scores of every text's own tokens.
  private static List<double[]> perToken(Path acts, Path file) {
    var out = new ArrayList<double[]>();
    try (var store = Store.open(acts)) {
      var rows = store.matrix("resid_post.1@all");
      var random = new Seed(3).generator();
      var w = new double[rows.cols()];
      Arrays.setAll(w, _ -> random.nextGaussian());
      var probe = Linear.of(w, 0.5);
      var id = store.identity();
      var classes = List.of("no", "yes");
      var sites = Map.<String, dev.sonde.probe.Fitted>of(SITE, probe);
      new SavedProbe(id.weights(), id.tokenizer(), "logistic", SITE, classes, "study", sites)
          .write(file);
      var all = probe.scores(rows);
      int first = 0;
      for (int length : store.lengths(0)) {
        // [CLS] and [SEP] do not count
        out.add(Arrays.copyOfRange(all, first + 1, first + length - 1));
        first += length;
      }
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "last",
        "mean",
        "max",
        "softmax:2",
        "ema:0.5",
        "rolling-mean:3",
        "max-rolling-mean:2"
      })
  void textsAndStoredRowsAgree(String how) {
    var acts = captured("all");
    var file = folder.resolve("probe.safetensors");
    var perToken = perToken(acts, file);
    assertThat(perToken).hasSize(3);
    var common = List.of("score", "--probe", file.toString(), "--json", "--aggregate", how);
    var stored = new ArrayList<>(common);
    stored.addAll(List.of("--activations", acts.toString()));
    var text = new ArrayList<>(common);
    text.addAll(List.of("--model", model, "--data", data.toString()));
    var found = scores(stored);
    assertThat(scores(text)).containsExactly(found, within(1e-5));
    for (int i = 0; i < 3; i++) {
      double expected = dev.sonde.sequence.Aggregation.parse(how).over(perToken.get(i));
      assertThat(found[i]).isCloseTo(expected, within(1e-9));
    }
  }

  @Test
  void pooledRowsAndUnknownWaysAreRefused() {
    var acts = captured("all");
    var pooled = captured("mean"); // does not say where its tokens are
    var file = folder.resolve("probe.safetensors");
    perToken(acts, file);
    var refused = aggregated(file, "max", pooled);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("resid_post.1@all");
    assertThat(aggregated(file, "most", acts).code()).isEqualTo(2);
  }

  private static CliTest.Result aggregated(Path probe, String how, Path acts) {
    return CliTest.sonde(
        "score --probe %s --aggregate %s --activations %s"
            .formatted(probe, how, acts)
            .split(" ", -1));
  }
}
