package dev.sonde.chat;

import dev.sonde.chat.jinja.Output;
import dev.sonde.chat.jinja.Template;
import dev.sonde.chat.jinja.Text;
import dev.sonde.chat.jinja.Value;
import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a model's conversations are written: its own Jinja template, rendered as the reference
/// library renders it, with the place of every message in the text.
///
/// The places come from the characters themselves: each remembers the message it was taken from
/// while the template trims, cuts and joins. May be used by many threads at once.
public final class ChatTemplate {
  private final Template template;
  private final Map<String, String> special;

  /// @param special the tokenizer's special tokens by name (`bos_token`, `eos_token`, …)
  /// @throws BadInput if the source is no template, or uses what is not built
  public ChatTemplate(String source, Map<String, String> special) {
    template = Template.parse(source);
    this.special = Map.copyOf(special);
  }

  /// The template of a model folder: `chat_template.jinja`, or `chat_template` in
  /// `tokenizer_config.json`.
  ///
  /// @throws BadInput if there is none, or it cannot be read
  public static ChatTemplate open(Path folder) {
    return TemplateFiles.open(folder, "default");
  }

  /// One of several named templates.
  public static ChatTemplate open(Path folder, String name) {
    return TemplateFiles.open(folder, name);
  }

  /// The template in a GGUF file's metadata.
  public static ChatTemplate of(Gguf file) {
    return TemplateFiles.of(file);
  }

  /// @throws BadInput with the template's own words if it refuses the conversation
  public Rendered render(List<Message> messages, ChatSettings settings) {
    var page = page(messages, settings);
    int end = page.string().length();
    int from = end;
    if (settings.generationPrompt()) {
      var without = page(messages, settings.withGenerationPrompt(false)).string();
      from = page.string().startsWith(without) ? without.length() : end;
    }
    var turns = new Turns(page, messages, leading(page.string()), from).all();
    var generated = page.generated().stream().map(s -> new Span(s[0], s[1])).toList();
    return new Rendered(page.string(), turns, generated, new Span(from, end));
  }

  /// With the assistant's turn begun.
  public Rendered render(List<Message> messages) {
    return render(messages, ChatSettings.DEFAULT);
  }

  private int leading(String text) {
    var bos = special.getOrDefault("bos_token", "");
    return text.startsWith(bos) ? bos.length() : 0;
  }

  private Output page(List<Message> messages, ChatSettings settings) {
    var names = new LinkedHashMap<String, Value>();
    names.put("tools", Value.None.NONE);
    names.put("documents", Value.None.NONE);
    special.forEach((name, token) -> names.put(name, Text.of(token)));
    settings.variables().properties().forEach(p -> names.put(p.getKey(), Json.value(p.getValue())));
    var all = new ArrayList<Value>();
    for (int i = 0; i < messages.size(); i++) {
      var fields = new LinkedHashMap<String, Value>();
      fields.put("role", Text.of(messages.get(i).role()));
      fields.put("content", Text.of(messages.get(i).content(), i));
      all.add(new Value.Dict(fields, i));
    }
    names.put("messages", new Value.Seq(List.copyOf(all)));
    names.put("add_generation_prompt", new Value.Bool(settings.generationPrompt()));
    return template.render(names, settings.now());
  }
}
