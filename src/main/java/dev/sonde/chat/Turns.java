package dev.sonde.chat;

import dev.sonde.chat.jinja.Output;
import java.util.ArrayList;
import java.util.List;

/// Finds each message on the page.
///
/// What a loop over the messages writes in a message's turn is its whole. A message without a turn
/// of its own (a system message that the template takes out first) has the stretch around its
/// content that is in nobody's turn, if it has that stretch to itself.
final class Turns {
  private final Output page;
  private final List<Message> messages;
  private final int begin;
  private final int end;

  Turns(Output page, List<Message> messages, int begin, int end) {
    this.page = page;
    this.messages = messages;
    this.begin = begin;
    this.end = end;
  }

  List<Turn> all() {
    var out = new ArrayList<Turn>();
    for (int m = 0; m < messages.size(); m++) {
      var content = content(m);
      out.add(new Turn(messages.get(m).role(), content, whole(m, content)));
    }
    return out;
  }

  private List<Span> content(int message) {
    var out = new ArrayList<Span>();
    int from = -1;
    int length = page.string().length();
    for (int i = 0; i <= length; i++) {
      boolean own = i < length && page.origin(i) == message;
      if (own && from < 0) {
        from = i;
      } else if (!own && from >= 0) {
        out.add(new Span(from, i));
        from = -1;
      }
    }
    return out;
  }

  private Span whole(int message, List<Span> content) {
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int i = 0; i < end; i++) {
      if (page.turn(i) == message) {
        from = Math.min(from, i);
        to = i + 1;
      }
    }
    if (from < to) {
      return new Span(from, to);
    }
    if (content.isEmpty()) {
      return new Span(0, 0);
    }
    return around(message, new Span(content.getFirst().from(), content.getLast().to()));
  }

  private Span around(int message, Span content) {
    int from = content.from();
    int to = content.to();
    while (from > begin && free(message, from - 1)) {
      from--;
    }
    while (to < end && free(message, to)) {
      to++;
    }
    boolean alone =
        (from == begin || page.turn(from - 1) >= 0) && (to == end || page.turn(to) >= 0);
    boolean nested = page.turn(content.from()) >= 0;
    return alone && !nested ? new Span(from, to) : content;
  }

  private boolean free(int message, int i) {
    return page.turn(i) < 0 && (page.origin(i) < 0 || page.origin(i) == message);
  }
}
