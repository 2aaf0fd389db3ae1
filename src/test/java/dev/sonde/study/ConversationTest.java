package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Generated;
import dev.sonde.model.Generator;
import dev.sonde.model.Sampling;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Conversations with a tiny random decoder whose tokenizer knows 97 words.
final class ConversationTest {
  private static final int USER = 1;
  private static final int BOT = 2;
  private static final int END = 3;
  private static final String TEMPLATE =
      "{% for m in messages %}{{ '<user>' if m.role == 'user' else '<bot>' if m.role == 'assistant' else '<system>' }} {{ m.content }} <end>{% endfor %}{% if add_generation_prompt %}<bot>{% endif %}";

  @TempDir private Path folder = Path.of("");

  private Path model(boolean template) throws IOException {
    var to = Files.createTempDirectory(folder, "model");
    try (var files = Files.list(Path.of("src/test/resources/golden/gptj"))) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    var names = List.of("unk", "<user>", "<bot>", "<end>", "<system>");
    var special =
        IntStream.rangeClosed(1, 4)
            .mapToObj(i ->
                "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true}"
                    .formatted(i, names.get(i)))
            .collect(Collectors.joining(", "));
    var words =
        IntStream.range(0, 97)
            .mapToObj(i -> "\"%s\": %d".formatted(i < 5 ? names.get(i) : "w" + i, i))
            .collect(Collectors.joining(", "));
    Files.writeString(
        to.resolve("tokenizer.json"),
        "{\"version\": \"1.0\", \"truncation\": null, \"padding\": null, \"added_tokens\": [%s], \"normalizer\": null, \"pre_tokenizer\": {\"type\": \"WhitespaceSplit\"}, \"post_processor\": null, \"decoder\": null, \"model\": {\"type\": \"WordLevel\", \"vocab\": {%s}, \"unk_token\": \"unk\"}}"
            .formatted(special, words));
    Files.writeString(
        to.resolve("tokenizer_config.json"),
        template ? "{\"chat_template\": \"%s\"}".formatted(TEMPLATE) : "{}");
    return to;
  }

  @MustBeClosed
  private OpenModel open(boolean template) throws IOException {
    return OpenModel.open(model(template).toString(), folder, Kernels.PLAIN, Progress.NONE);
  }

  private static Generator.Settings settings(int tokens, long seed) {
    return new Generator.Settings(tokens, new Sampling(1, 0, 1), new Seed(seed), List.of());
  }

  /// The second turn is read behind the first and its answer.
  @Test
  void whatWasSaidIsReadAgain() throws IOException {
    try (var open = open(true)) {
      var talk = new Conversation(open, settings(4, 1), List.of(), "w50");
      var heard = new StringBuilder();
      var first = talk.say("w7 w8", heard::append);
      assertThat(prompt(first)).containsExactly(4, 50, END, USER, 7, 8, END, BOT);
      assertThat(heard.toString()).isEqualTo(first.text());
      var second = talk.say("w9", piece -> {});
      var said = open.tokenizer().encodePlain(first.text()).ids();
      assertThat(said).isNotEmpty();
      assertThat(prompt(second))
          .startsWith(4, 50, END, USER, 7, 8, END, BOT)
          .containsSubsequence(said)
          .endsWith(END, USER, 9, END, BOT);
      assertThat(prompt(second)).hasSize(8 + said.length + 5);
    }
  }

  private static int[] prompt(Continuation.Text text) {
    return Arrays.copyOf(text.tokens().ids(), text.tokens().prompt());
  }

  /// The token that ends a turn ends the answer, though the model names no end token; without a
  /// conversation it ends nothing.
  @Test
  void anAnswerEndsWithItsTurn() throws IOException {
    int stopped = 0;
    try (var open = open(true)) {
      for (long seed = 0; seed < 30; seed++) {
        var talk = new Conversation(open, settings(50, seed), List.of(), "");
        var answer = talk.say("w7", piece -> {}).tokens();
        var added = answer.added();
        boolean ended = answer.ending() == Generated.Ending.STOP;
        assertThat(added.indexOf(END)).isEqualTo(ended ? added.size() - 1 : -1);
        stopped += ended ? 1 : 0;
        var plain = new Continuation(open, settings(50, seed)).of("w7", piece -> {});
        assertThat(plain.tokens().ending()).isNotEqualTo(Generated.Ending.STOP);
      }
    }
    assertThat(stopped).isPositive();
  }

  @Test
  void aModelWithoutATemplateTalksToNobody() throws IOException {
    try (var open = open(false)) {
      assertThatThrownBy(() -> new Conversation(open, settings(4, 1), List.of(), ""))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("chat template");
    }
  }
}
