package dev.sonde.chat;

import java.time.LocalDateTime;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What besides the messages a template is given.
///
/// `generationPrompt`: end with the beginning of the assistant's next turn. `now`: the date for
/// templates that print one; without it they fall back to their own or refuse. `variables`: a JSON
/// object of whatever else the template reads (`tools`, `documents`, `enable_thinking`).
public record ChatSettings(
    boolean generationPrompt, Optional<LocalDateTime> now, JsonNode variables) {
  public static final ChatSettings DEFAULT =
      new ChatSettings(true, Optional.empty(), JsonMapper.shared().createObjectNode());

  public ChatSettings {
    if (!variables.isObject()) {
      throw new IllegalArgumentException("a template's variables are a JSON object");
    }
  }

  public ChatSettings withGenerationPrompt(boolean wanted) {
    return new ChatSettings(wanted, now, variables);
  }

  public ChatSettings withNow(LocalDateTime time) {
    return new ChatSettings(generationPrompt, Optional.of(time), variables);
  }

  public ChatSettings withVariables(JsonNode more) {
    return new ChatSettings(generationPrompt, now, more);
  }
}
