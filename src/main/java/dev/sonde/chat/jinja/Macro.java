package dev.sonde.chat.jinja;

import java.util.List;
import java.util.Optional;

/// A template's own function; it returns what it writes.
record Macro(String name, List<Parameter> parameters, List<Statement> body) {
  record Parameter(String name, Optional<Expression> otherwise) {}

  Value in(Scope outside) {
    return new Value.Function(name, (run, given) -> call(outside, given));
  }

  private Value call(Scope outside, Value.Arguments given) {
    var known = parameters.stream().map(Parameter::name).toList();
    if (given.ordered().size() > known.size() || !known.containsAll(given.named().keySet())) {
      throw Run.bad("the macro '%s' is given what it does not take".formatted(name));
    }
    outside.run().enter();
    var out = new Output();
    var scope = outside.writing(out);
    for (int i = 0; i < parameters.size(); i++) {
      var parameter = parameters.get(i);
      scope.set(
          parameter.name,
          given
              .at(i, parameter.name)
              .or(() -> parameter.otherwise.map(e -> e.of(scope)))
              .orElse(new Value.Undefined(parameter.name)));
    }
    Statement.all(body, scope);
    outside.run().leave();
    return out.text();
  }
}
