package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class UncertaintyCliTest {
  private static final String TASKS =
      """
      task,accuracy,majority,entropy,options
      a,.95,.5,.1,2
      b,.9,.5,.2,2
      c,.85,.5,.3,2
      d,.8,.5,.4,2
      e,.7,.5,.5,2
      f,.6,.5,.6,2
      """;

  @TempDir private Path folder = Path.of("");

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static JsonNode json(String... args) {
    var result = CliTest.sonde(args);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return JsonMapper.shared().readTree(result.out());
  }

  @Test
  void aFallingRelationIsFoundAndItsPIsExact() throws IOException {
    var tasks = file("t.csv", TASKS);
    var relation = json("uncertainty", "--tasks", tasks, "--json").path("relation");
    assertThat(relation.path("spearman").path("r").asDouble()).isEqualTo(-1, within(1e-12));
    // both ends of all 720 orders
    assertThat(relation.path("spearman").path("p").asDouble()).isEqualTo(2 / 720.0, within(1e-15));
    assertThat(relation.path("pearson").path("r").asDouble()).isBetween(-1.0, -.95);
    var text = CliTest.sonde("uncertainty", "--tasks", tasks, "--reliability", "1,.99");
    assertThat(text.out()).contains("(exact)", "disattenuated", "kendall");
  }

  @Test
  void figuresWithoutARelationGiveNone() throws IOException {
    var tasks =
        file("t.csv", "task,skill,entropy\na,.1,.3\nb,.4,.1\nc,.2,.2\nd,.3,.4\ne,.1,.1\nf,.4,.3\n");
    var relation = json("uncertainty", "--tasks", tasks, "--json").path("relation");
    assertThat(relation.path("pearson").path("p").asDouble()).isGreaterThan(.3);
    var interval = relation.path("pearson").path("by_formula_95");
    assertThat(interval.path(0).asDouble()).isNegative();
    assertThat(interval.path(1).asDouble()).isPositive();
  }

  @Test
  void answersOfOneMeaningAreSure() throws IOException {
    var answers =
        file(
            "a.jsonl",
            """
            {"task": "x", "prompt": "p", "answer": "Paris", "log_prob": -1.0, "tokens": 1}
            {"task": "x", "prompt": "p", "answer": "paris.", "log_prob": -2.0, "tokens": 2}
            {"task": "x", "prompt": "q", "answer": "Rome", "log_prob": -1.0, "tokens": 1}
            {"task": "x", "prompt": "q", "answer": "Oslo", "log_prob": -1.0, "tokens": 1}
            """);
    var prompts = json("uncertainty", "--answers", answers, "--json").path("prompts");
    assertThat(prompts.path(0).path("semantic_weighted").asDouble()).isZero();
    assertThat(prompts.path(0).path("words_discrete").asDouble())
        .isEqualTo(Math.log(2), within(1e-12));
    assertThat(prompts.path(0).path("naive").asDouble()).isEqualTo(1.5);
    assertThat(prompts.path(0).path("length_normalised").asDouble()).isEqualTo(1);
    assertThat(prompts.path(1).path("semantic_weighted").asDouble())
        .isEqualTo(Math.log(2), within(1e-12));
  }

  @Test
  void badInputIsOneLine() throws IOException {
    for (var bad :
        new String[][] {
          {"give --tasks", "uncertainty"},
          {"no column 'entropy'", "uncertainty", "--tasks", file("a.csv", "task,skill\na,1\n")},
          {"needs a column skill", "uncertainty", "--tasks", file("b.csv", "task,entropy\na,1\n")},
          {"too few", "uncertainty", "--tasks", file("c.csv", "task,skill,entropy\na,1,2\n")},
          {"'high'", "uncertainty", "--tasks", file("d.csv", "task,skill,entropy\na,1,high\n")},
        }) {
      var result = CliTest.sonde(java.util.Arrays.copyOfRange(bad, 1, bad.length));
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err().lines()).hasSize(1);
      assertThat(result.err()).contains(bad[0]);
    }
  }
}
