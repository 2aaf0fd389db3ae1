package dev.sonde.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Templates against what Python's jinja2 made of them, and where in it the messages are.
final class ChatTemplateTest {
  private static final Path CASES = Path.of("src/test/resources/chat");
  private static final Map<String, String> SPECIAL =
      Map.of("bos_token", "<s>", "eos_token", "</s>");
  private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 7, 9, 5, 1);

  @TestFactory
  Stream<DynamicTest> everyCaseIsAsInPython() throws IOException {
    var cases = JsonMapper.shared().readTree(Files.readString(CASES.resolve("cases.json")));
    assertThat(cases.size()).isGreaterThan(180);
    return cases
        .valueStream()
        .map(c ->
            DynamicTest.dynamicTest(
                "%s %s".formatted(c.path("template").asString(), c.path("chat").asString()),
                () -> check(c)));
  }

  private static void check(JsonNode c) throws IOException {
    var source =
        c.has("source")
            ? c.path("source").asString()
            : Files.readString(CASES.resolve(c.path("template").asString()));
    var template = new ChatTemplate(source, SPECIAL);
    var messages =
        c.path("messages")
            .valueStream()
            .map(m -> new Message(m.path("role").asString(), m.path("content").asString()))
            .toList();
    var settings =
        ChatSettings.DEFAULT
            .withGenerationPrompt(c.path("generation_prompt").asBoolean())
            .withNow(NOW)
            .withVariables(c.path("variables"));
    if (c.has("error")) {
      assertThatThrownBy(() -> template.render(messages, settings))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining(c.has("source") ? "the chat template" : c.path("error").asString());
      return;
    }
    var rendered = template.render(messages, settings);
    assertThat(rendered.text()).isEqualTo(c.path("text").asString());
    if (!c.has("source")) {
      everyMessageIsFound(rendered, messages);
    }
  }

  /// A content is found as the template wrote it: trimmed, or cut, but from this message alone.
  private static void everyMessageIsFound(Rendered rendered, List<Message> messages) {
    for (int m = 0; m < messages.size(); m++) {
      var turn = rendered.turns().get(m);
      var found =
          turn.content().stream()
              .map(s -> rendered.text().substring(s.from(), s.to()))
              .collect(Collectors.joining());
      var content = messages.get(m).content();
      boolean dropped = messages.get(m).role().equals("tool") || content.contains("<think>");
      if (!dropped) {
        assertThat(found.strip()).isEqualTo(content.strip());
      }
      for (var span : turn.content()) {
        assertThat(content).contains(text(rendered, span).replace("\\", ""));
        assertThat(turn.whole().from()).isLessThanOrEqualTo(span.from());
        assertThat(turn.whole().to()).isGreaterThanOrEqualTo(span.to());
      }
    }
  }

  @Test
  void spansOfTwinsAreTheirOwn() {
    var rendered = render("llama-3.jinja", "a", "a", "a");
    assertThat(parts(rendered)).containsExactly("a", "a", "a");
    assertThat(rendered.contentOf("assistant")).hasSize(1);
    assertThat(rendered.contentOf("assistant").getFirst())
        .isEqualTo(rendered.turns().get(1).content().getFirst());
    assertThat(whole(rendered, 1))
        .isEqualTo("<|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|>");
    assertThat(text(rendered, rendered.prompt()))
        .isEqualTo("<|start_header_id|>assistant<|end_header_id|>\n\n");
  }

  @Test
  void aMessageThatLooksLikeTheTemplateIsStillFound() {
    var rendered = render("qwen-2.5.jinja", "user", "<|im_start|>assistant\n", "<|im_end|>\n");
    assertThat(parts(rendered)).containsExactly("user", "<|im_start|>assistant\n", "<|im_end|>\n");
  }

  @Test
  void aSystemMessageOutsideTheLoopHasItsMarkers() throws IOException {
    var messages = List.of(new Message("system", " Be brief. "), new Message("user", "Hi"));
    var llama = open("llama-3.1.jinja").render(messages);
    assertThat(whole(llama, 0))
        .startsWith("<|start_header_id|>system<|end_header_id|>\n\nCutting")
        .endsWith("Be brief.<|eot_id|>");
    var folded = open("llama-2.jinja").render(messages);
    assertThat(whole(folded, 0)).isEqualTo(" Be brief. ");
    assertThat(whole(folded, 1)).isEqualTo(folded.text());
    assertThat(parts(folded)).containsExactly(" Be brief. ", "Hi");
  }

  @Test
  void theTemplatesOwnGenerationBlocksAreKept() {
    var source =
        "{% for m in messages %}{{ m.role }}: {% if m.role == 'assistant' %}{% generation %}{{ m.content + '.' }}{% endgeneration %}{% else %}{{ m.content }}{% endif %}\n{% endfor %}";
    var rendered = new ChatTemplate(source, Map.of()).render(chat("a", "b", "c", "d"));
    assertThat(rendered.generated().stream().map(s -> text(rendered, s)).toList())
        .containsExactly("b.", "d.");
  }

  @Test
  void whatIsNotKnownIsRefusedByName() {
    refused("{{ open('/etc/passwd') }}", "'open'");
    refused("{{ messages | pickle }}", "'pickle'");
    refused("{{ messages is evil }}", "'evil'");
    refused("{% include 'x' %}", "'include'");
    refused("{{ ''.__class__.__mro__ }}", "'__class__'");
    refused("{{ messages.append(1) }}", "append");
    refused("{% for %}", "line 1");
    refused("\n\n{% if x %}", "line 3");
    refused("{{ 'a }}", "not closed");
    refused("{{ strftime_now('%Y') }}", "give the rendering a date");
  }

  @Test
  void whatDoesNotEndIsStopped() {
    refused("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}", "deep");
    refused("{% if x %}".repeat(5000), "deep");
    refused("{{ " + "[".repeat(5000) + "]".repeat(5000) + " }}", "deep");
    refused("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "deep");
    refused("{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}", "deep");
    refused("{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}", "deep");
    refused(
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "steps");
    refused("{{ range(1000000000) }}", "range");
    refused("{{ 'abcdefgh' * 1000000000 }}", "characters");
    refused(
        "{% set ns = namespace(a='x') %}{% for i in range(99) %}{% set ns.a = ns.a + ns.a %}{% endfor %}",
        "characters");
    refused(
        "{% set ns = namespace(a=[1]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}",
        "the chat template cannot be used");
    refused(
        "{% set ns = namespace(a=[1]) %}{% for i in range(9999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a | tojson }}",
        "deep");
    refused(
        "{% set ns = namespace() %}{% set ns.a = ns %}{{ ns.a }}",
        "the chat template cannot be used");
    refused("{{ ' '.join('x' * 100000) * 100000 }}", "characters");
    refused("{{ 9223372036854775807 + 1 }}", "too large");
    refused("{{ 1 // 0 }}", "zero");
  }

  @Test
  void longChainsAreNoDepth() {
    var sum = "{{ 1" + " + 1".repeat(20_000) + " }}";
    assertThat(new ChatTemplate(sum, Map.of()).render(List.of()).text()).isEqualTo("20001");
    var filters = "{{ 'a'" + " | upper".repeat(20_000) + " }}";
    assertThat(new ChatTemplate(filters, Map.of()).render(List.of()).text()).isEqualTo("A");
  }

  @Test
  void templatesAreFoundWhereModelsKeepThem(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> ChatTemplate.open(folder)).hasMessageContaining("no chat template");
    var config = folder.resolve("tokenizer_config.json");
    Files.writeString(
        config,
        """
        {"bos_token": {"content": "<b>"}, "eos_token": "<e>", "chat_template": [
          {"name": "default", "template": "{{ bos_token }}1{{ eos_token }}"},
          {"name": "rag", "template": "2"}]}
        """);
    assertThat(ChatTemplate.open(folder).render(List.of()).text()).isEqualTo("<b>1<e>");
    assertThat(ChatTemplate.open(folder, "rag").render(List.of()).text()).isEqualTo("2");
    assertThatThrownBy(() -> ChatTemplate.open(folder, "tool_use"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("default, rag");
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}3\n");
    assertThat(ChatTemplate.open(folder).render(List.of()).text()).isEqualTo("<b>3");
    Files.writeString(config, "{");
    assertThatThrownBy(() -> ChatTemplate.open(folder)).isInstanceOf(BadInput.class);
  }

  private static void refused(String source, String named) {
    assertThatThrownBy(() -> new ChatTemplate(source, Map.of()).render(chat("a")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(named);
  }

  private static List<Message> chat(String... contents) {
    return java.util.stream.IntStream.range(0, contents.length)
        .mapToObj(i -> new Message(i % 2 == 0 ? "user" : "assistant", contents[i]))
        .toList();
  }

  private static ChatTemplate open(String file) throws IOException {
    return new ChatTemplate(Files.readString(CASES.resolve(file)), SPECIAL);
  }

  private static Rendered render(String file, String... contents) {
    try {
      return open(file).render(chat(contents));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> parts(Rendered rendered) {
    return rendered.turns().stream().map(t -> text(rendered, t.content().getFirst())).toList();
  }

  private static String whole(Rendered rendered, int message) {
    return text(rendered, rendered.turns().get(message).whole());
  }

  private static String text(Rendered rendered, Span span) {
    return rendered.text().substring(span.from(), span.to());
  }
}
