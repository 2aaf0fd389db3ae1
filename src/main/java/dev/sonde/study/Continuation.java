package dev.sonde.study;

import dev.sonde.hook.Intervention;
import dev.sonde.io.BadInput;
import dev.sonde.model.Generated;
import dev.sonde.model.Generator;
import java.util.List;
import java.util.function.Consumer;

/// Texts that a network goes on with, as words.
public final class Continuation {
  private final OpenModel open;
  private final Generator generator;

  /// A text with what followed it, in words and in tokens.
  public record Text(String text, Generated tokens) {}

  /// @throws BadInput for a network that continues no text
  public Continuation(OpenModel open, Generator.Settings settings) {
    this(open, settings, List.of());
  }

  /// The same under interventions.
  ///
  /// @throws BadInput for a network that continues no text, or an intervention that it has no place
  ///   for
  public Continuation(OpenModel open, Generator.Settings settings, List<Intervention> edits) {
    this.open = open;
    try {
      generator = new Generator(open.model(), settings).editing(edits);
    } catch (BadInput e) {
      throw new BadInput("%s: %s".formatted(open.name(), e.getMessage()), e);
    }
  }

  /// Continues a text; `words` hears of it piece by piece, the text itself first.
  public Text of(String text, Consumer<String> words) {
    int[] ids = open.tokenizer().encode(text).ids();
    var stream = new WordStream(open.tokenizer(), ids, words);
    var found = generator.run(List.of(ids), (number, id) -> stream.add(id)).getFirst();
    var whole = open.tokenizer().decode(found.ids());
    stream.finish(whole);
    return new Text(whole, found);
  }

  /// Continues several side by side.
  public List<Text> of(List<String> texts) {
    var ids = texts.stream().map(text -> open.tokenizer().encode(text).ids()).toList();
    return generator.run(ids, Generator.Listener.NONE).stream()
        .map(found -> new Text(open.tokenizer().decode(found.ids()), found))
        .toList();
  }
}
