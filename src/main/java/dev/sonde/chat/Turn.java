package dev.sonde.chat;

import java.util.List;

/// Where one message stands in the rendered conversation.
///
/// `content` is what the template took from the message: one span; several where it left something
/// out of the middle; none where it dropped the message. `whole` has the markers around it too; for
/// a system message that the template puts inside another's turn it is only the content.
public record Turn(String role, List<Span> content, Span whole) {
  public Turn {
    content = List.copyOf(content);
  }
}
