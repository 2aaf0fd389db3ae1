package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A part of a template that has a value.
interface Expression {
  Value of(Scope scope);

  /// What is done to a value: `.name`, `[…]`, `(…)`, `|filter`, `is test`.
  interface Step {
    Value of(Scope scope, Value value);
  }

  /// Arguments as written.
  record Given(List<Expression> ordered, Map<String, Expression> named) {
    static final Given NONE = new Given(List.of(), Map.of());

    Value.Arguments of(Scope scope) {
      var values = new ArrayList<Value>();
      ordered.forEach(e -> values.add(e.of(scope)));
      var names = new LinkedHashMap<String, Value>();
      named.forEach((name, e) -> names.put(name, e.of(scope)));
      return new Value.Arguments(values, names);
    }
  }
}
