package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.chat.ChatTemplate;
import dev.sonde.chat.Message;
import dev.sonde.chat.Rendered;
import dev.sonde.chat.Span;
import dev.sonde.token.Tokenizer;
import dev.sonde.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// SmolLM2's own chat template out of its GGUF file: text and ids as transformers has them, and the
/// tokens of each message.
final class GgufChatTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void smolLm2ChatsAreTheReferences() throws IOException {
    var shared = Shared.folder("models/smollm2-135m-instruct");
    if (shared.isEmpty()) {
      return;
    }
    var source = shared.get();
    var chats =
        JsonMapper.shared()
            .readTree(Files.readString(source.resolve("reference.json")))
            .path("chats");
    assertThat(chats.size()).isEqualTo(3);
    try (var file = Gguf.open(source.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"))) {
      Files.writeString(folder.resolve("tokenizer.json"), GgufTokenizer.json(file));
      Files.writeString(folder.resolve("tokenizer_config.json"), GgufTokenizer.config(file));
      try (var tokenizer = Tokenizer.open(folder)) {
        for (var chat : chats) {
          compare(chat, ChatTemplate.of(file), tokenizer);
          compare(chat, ChatTemplate.open(folder), tokenizer);
        }
      }
    }
  }

  private static void compare(JsonNode chat, ChatTemplate template, Tokenizer tokenizer) {
    var messages =
        chat.path("messages")
            .valueStream()
            .map(m -> new Message(m.path("role").asString(), m.path("content").asString()))
            .toList();
    var rendered = template.render(messages);
    assertThat(rendered.text()).isEqualTo(chat.path("rendered").asString());
    var tokens = tokenizer.encodePlain(rendered.text());
    assertThat(tokens.ids())
        .containsExactly(chat.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray());
    int[] of = rendered.messageOf(tokens);
    for (int m = 0; m < messages.size(); m++) {
      var kept = new StringBuilder();
      for (int i = 0; i < of.length; i++) {
        kept.append(of[i] == m ? rendered.text().substring(tokens.from(i), tokens.to(i)) : "");
      }
      assertThat(kept.toString()).isEqualTo(messages.get(m).content().replace(" ", ""));
    }
    blanksBelongToTheirMessage(template, tokenizer);
    if (messages.size() == 3) {
      assertThat(said(rendered, rendered.contentOf("assistant"))).isEqualTo("Hello!");
      boolean[] mask = rendered.mask(tokens, "assistant");
      assertThat(mask).contains(true);
      for (int i = 0; i < of.length; i++) {
        assertThat(mask[i]).isEqualTo(of[i] == 1);
      }
    }
  }

  /// A content of two letters far apart: all tokens between the markers are the message's.
  private static void blanksBelongToTheirMessage(ChatTemplate template, Tokenizer tokenizer) {
    var rendered = template.render(List.of(new Message("user", "a\n\n   \n\n\nb\t")));
    int[] of = rendered.messageOf(tokenizer.encodePlain(rendered.text()));
    int first = java.util.Arrays.stream(of).boxed().toList().indexOf(0);
    int last = java.util.Arrays.stream(of).boxed().toList().lastIndexOf(0);
    assertThat(last - first).isGreaterThan(3);
    for (int i = first; i <= last; i++) {
      assertThat(of[i]).as("token %d", i).isZero();
    }
  }

  private static String said(Rendered rendered, List<Span> spans) {
    return spans.stream()
        .map(s -> rendered.text().substring(s.from(), s.to()))
        .collect(Collectors.joining());
  }
}
