package dev.sonde.study;

import dev.sonde.chat.ChatSettings;
import dev.sonde.chat.ChatTemplate;
import dev.sonde.chat.Message;
import dev.sonde.hook.Intervention;
import dev.sonde.io.BadInput;
import dev.sonde.model.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A conversation with a network, written as its own chat template writes it: what the user says,
/// what the assistant answers, and both before what the user says next.
///
/// An answer ends with one of the model's end tokens, or with the token that the template itself
/// puts behind an assistant's turn.
public final class Conversation {
  private static final String PROBE = "x";

  private final OpenModel open;
  private final ChatTemplate template;
  private final Generator generator;
  private final List<Message> messages = new ArrayList<>();

  /// @param system said before all turns; empty for nothing
  /// @throws BadInput for a network that continues no text, or a model without a chat template
  public Conversation(
      OpenModel open, Generator.Settings settings, List<Intervention> edits, String system) {
    this.open = open;
    template = open.chatTemplate();
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    var stops = new ArrayList<>(settings.stops());
    stops.addAll(turnEnd());
    var all =
        new Generator.Settings(settings.maxTokens(), settings.sampling(), settings.seed(), stops);
    generator = new Generator(open.model(), all).editing(edits);
  }

  /// The special token behind an assistant's turn, if the template puts one there.
  private List<Integer> turnEnd() {
    var turns = List.of(new Message("user", PROBE), new Message("assistant", PROBE));
    var rendered = template.render(turns, ChatSettings.DEFAULT.withGenerationPrompt(false));
    var said = rendered.contentOf("assistant");
    if (said.isEmpty()) {
      return List.of();
    }
    var behind = rendered.text().substring(said.getLast().to());
    int[] ids = behind.isEmpty() ? new int[0] : open.tokenizer().encodePlain(behind).ids();
    boolean special = ids.length > 0 && open.tokenizer().decode(new int[] {ids[0]}).isEmpty();
    return special ? List.of(ids[0]) : List.of();
  }

  /// The user says something and the assistant answers; `words` hears the answer piece by piece.
  /// The text is the answer alone, the tokens are those of the whole conversation.
  ///
  /// @throws BadInput if the template refuses the conversation, or it has grown longer than the
  ///   network takes
  public Continuation.Text say(String user, Consumer<String> words) {
    messages.add(new Message("user", user));
    int[] ids = open.tokenizer().encodePlain(template.render(messages).text()).ids();
    var stream = new WordStream(open.tokenizer(), new int[0], words);
    var found = generator.run(List.of(ids), (number, id) -> stream.add(id)).getFirst();
    var added = found.added().stream().mapToInt(Integer::intValue).toArray();
    var answer = open.tokenizer().decode(added);
    stream.finish(answer);
    messages.add(new Message("assistant", answer.strip()));
    return new Continuation.Text(answer, found);
  }
}
