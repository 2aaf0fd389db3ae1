package dev.sonde.chat.jinja;

import java.util.List;

/// What a value is given to: a name, several for its parts, or one in a namespace.
record Target(List<Target> parts, String name, String attribute) {
  static Target of(String name) {
    return new Target(List.of(), name, "");
  }

  void set(Scope scope, Value value) {
    if (!parts.isEmpty()) {
      unpack(scope, value);
    } else if (attribute.isEmpty()) {
      scope.set(name, value);
    } else if (scope.get(name) instanceof Value.Space space) {
      space.items().put(attribute, value);
    } else {
      throw Run.bad("it sets '%s.%s', but that is no namespace".formatted(name, attribute));
    }
  }

  private void unpack(Scope scope, Value value) {
    var items = Access.items(scope.run(), value);
    if (items.size() != parts.size()) {
      throw Run.bad("it unpacks %d values into %d names".formatted(items.size(), parts.size()));
    }
    for (int i = 0; i < items.size(); i++) {
      parts.get(i).set(scope, items.get(i));
    }
  }
}
