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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @Test
  void textsAndStoredRowsAgree() throws IOException {
    var model = TinyBert.write(folder.resolve("tiny"), new Seed(4), TEXTS).toString();
    var data = folder.resolve("texts.csv");
    Files.writeString(data, "text\n" + String.join("\n", TEXTS) + "\n");
    var acts = folder.resolve("acts");
    var captured =
        CliTest.sonde(
            "capture",
            "--model",
            model,
            "--data",
            data.toString(),
            "--points",
            "resid_post.1",
            "--position",
            "all",
            "--out",
            acts.toString());
    assertThat(captured.code()).isZero();
    var file = folder.resolve("probe.safetensors");
    var perToken = new ArrayList<double[]>();
    try (var store = Store.open(acts)) {
      var rows = store.matrix("resid_post.1@all");
      var random = new Seed(3).generator();
      var w = new double[rows.cols()];
      Arrays.setAll(w, _ -> random.nextGaussian());
      var probe = Linear.of(w, 0.5);
      var id = store.identity();
      new SavedProbe(
              id.weights(),
              id.tokenizer(),
              "logistic",
              SITE,
              List.of("no", "yes"),
              "study",
              Map.of(SITE, probe))
          .write(file);
      var all = probe.scores(rows);
      int first = 0;
      for (int length : store.lengths(0)) {
        // [CLS] and [SEP] do not count
        perToken.add(Arrays.copyOfRange(all, first + 1, first + length - 1));
        first += length;
      }
      assertThat(perToken).hasSize(3);
    }
    for (var how :
        List.of(
            "last",
            "mean",
            "max",
            "softmax:2",
            "ema:0.5",
            "rolling-mean:3",
            "max-rolling-mean:2")) {
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
    // a store of pooled rows does not say where its tokens are
    var pooled = folder.resolve("pooled");
    CliTest.sonde(
        "capture",
        "--model",
        model,
        "--data",
        data.toString(),
        "--points",
        "resid_post.1",
        "--position",
        "mean",
        "--out",
        pooled.toString());
    var refused =
        CliTest.sonde(
            "score",
            "--probe",
            file.toString(),
            "--aggregate",
            "max",
            "--activations",
            pooled.toString());
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("resid_post.1@all");
    var unknown =
        CliTest.sonde(
            "score",
            "--probe",
            file.toString(),
            "--aggregate",
            "most",
            "--activations",
            acts.toString());
    assertThat(unknown.code()).isEqualTo(2);
  }
}
