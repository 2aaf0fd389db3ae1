package dev.sonde.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/// Names as one block sees them: it sees those outside, and its own end with it.
final class Scope {
  private final Run run;
  private final Map<String, Value> names;
  private final Output out;

  Scope(Run run, Map<String, Value> names, Output out) {
    this.run = run;
    this.names = new HashMap<>(names);
    this.out = out;
  }

  Scope inner() {
    return writing(out);
  }

  Scope writing(Output other) {
    run.step(1 + names.size() / 8);
    return new Scope(run, names, other);
  }

  Run run() {
    return run;
  }

  Output out() {
    return out;
  }

  Value get(String name) {
    var found = names.get(name);
    return found == null ? new Value.Undefined(name) : found;
  }

  void set(String name, Value value) {
    names.put(name, value);
  }
}
