package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.tensor.Kernels;
import dev.sonde.weights.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// `docs/points.md` says what the code says. With `SONDE_WRITE` in the environment it is written
/// anew.
final class PointsPageTest {
  private static final Path PAGE = Path.of("docs/points.md");

  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    var families = new TreeMap<String, Path>();
    for (var folder : VerificationTest.cases()) {
      families.putIfAbsent(ModelConfig.read(folder.resolve("config.json")).modelType(), folder);
    }
    var page = new StringBuilder(head());
    families.forEach((name, folder) -> page.append(row(name, folder)));
    if (System.getenv("SONDE_WRITE") != null) {
      Files.writeString(PAGE, page);
    }
    var lines = Files.readAllLines(PAGE);
    // without the shared references only some families have a model to ask
    assertThat(lines).containsAll(page.toString().lines().toList());
  }

  private static String head() {
    var out =
        new StringBuilder(
            "# Points\n\nA point is a place of the network, with its layer where blocks have it: `resid_post.5`, `embed`. TransformerLens' names are read too (`blocks.5.hook_resid_post`). Shapes are per text; nothing is padded.\n\n| place | TransformerLens | shape | what it is |\n|---|---|---|---|\n");
    for (var place : Place.values()) {
      var lens = place.lens().isEmpty() ? "" : "`" + place.lens() + "`";
      out.append(
          "| `%s` | %s | `%s` | %s |%n"
              .formatted(place.brief(), lens, place.shape().perText(), place.meaning()));
    }
    out.append(
        "\n`attn_out` and `mlp_out` are what is added to the residual stream. Where a norm or a multiplier follows the module, its raw output is `attn_raw` and `mlp_raw`.\n\n## Which family has which\n\nOf one configuration each: where a family can be serial or parallel, serial ones have `resid_mid` and parallel ones `block_out`; `sonde points MODEL` says it of yours. The last two columns say what the reference library's attention and MLP modules give out, as places.\n\n| family | lacks | attention module | MLP module |\n|---|---|---|---|\n");
    return out.toString();
  }

  private static String row(String name, Path folder) {
    try (var model = Model.open(folder, Kernels.PLAIN)) {
      var lacks = new StringBuilder();
      for (var place : Place.values()) {
        if (!model.points().contains(place.perLayer() ? Point.of(place, 0) : Point.of(place))) {
          lacks.append(lacks.isEmpty() ? "" : ", ").append('`').append(place.brief()).append('`');
        }
      }
      return "| %s | %s | %s | %s |%n"
          .formatted(name, lacks, module(model, "attn_raw"), module(model, "mlp_raw"));
    }
  }

  private static String module(Model model, String name) {
    var place = model.reference().get(name);
    return place == null ? "" : "`" + place.brief() + "`";
  }
}
