package dev.sonde.chat.jinja;

import dev.sonde.io.BadInput;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A parsed template.
public final class Template {
  private static final long LARGEST = 1 << 20;
  private static final long LONGEST_RANGE = 100_000;

  private final List<Statement> body;

  private Template(List<Statement> body) {
    this.body = body;
  }

  /// @throws BadInput if it is no template, or uses what is not built
  public static Template parse(String source) {
    if (source.length() > LARGEST) {
      throw Run.bad("it is longer than %,d characters".formatted(LARGEST));
    }
    return new Template(Statements.parse(source));
  }

  /// @throws BadInput with the template's own words if it refuses what it is given
  public Output render(Map<String, Value> names, Optional<LocalDateTime> now) {
    var run = new Run();
    var all = new HashMap<String, Value>();
    function(
        all,
        "raise_exception",
        (r, given) -> {
          var reason = given.at(0, "message").map(v -> Printing.text(r, v).string()).orElse("");
          throw new BadInput("the chat template refuses this conversation: " + reason);
        });
    function(all, "namespace", Template::namespace);
    function(all, "range", Template::range);
    function(all, "dict", (r, given) -> new Value.Dict(new LinkedHashMap<>(given.named())));
    now.ifPresent(time -> function(all, "strftime_now", (r, given) -> date(time, given)));
    all.putAll(names);
    Statement.all(body, new Scope(run, all, run.page()));
    return run.page();
  }

  private static void function(Map<String, Value> all, String name, Value.Body body) {
    all.put(name, new Value.Function(name, body));
  }

  private static Value namespace(Run run, Value.Arguments given) {
    var items = new HashMap<String, Value>();
    given
        .at(0, "")
        .ifPresent(v -> {
          if (v instanceof Value.Dict dict) {
            items.putAll(dict.items());
          }
        });
    items.putAll(given.named());
    return new Value.Space(items);
  }

  private static Value range(Run run, Value.Arguments given) {
    boolean one = given.ordered().size() == 1;
    long from = one ? 0 : Operators.whole(given.need("range", 0));
    long to = Operators.whole(given.need("range", one ? 0 : 1));
    long by = given.at(2, "step").map(Operators::whole).orElse(1L);
    var out = new ArrayList<Value>();
    for (long i = from; by > 0 ? i < to : by < 0 && i > to; i = Math.addExact(i, by)) {
      run.step(1);
      if (out.size() == LONGEST_RANGE) {
        throw Run.bad("a range has more than %,d numbers".formatted(LONGEST_RANGE));
      }
      out.add(new Value.Int(i));
    }
    return new Value.Seq(out);
  }

  private static Value date(LocalDateTime time, Value.Arguments given) {
    if (given.need("strftime_now", 0) instanceof Text format) {
      return Text.of(Dates.format(time, format.string()));
    }
    throw Run.bad("strftime_now needs a format");
  }
}
