package dev.sonde.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a template computes with.
public sealed interface Value
    permits Text,
        Value.Undefined,
        Value.None,
        Value.Bool,
        Value.Int,
        Value.Num,
        Value.Seq,
        Value.Dict,
        Value.Space,
        Value.Function {
  /// A name nothing was given for.
  record Undefined(String name) implements Value {}

  enum None implements Value {
    NONE
  }

  record Bool(boolean value) implements Value {}

  record Int(long value) implements Value {}

  record Num(double value) implements Value {}

  /// List or tuple; never changed.
  record Seq(List<Value> items) implements Value {}

  /// `message` is the number of the conversation's message that this is, or −1.
  record Dict(Map<String, Value> items, int message) implements Value {
    public Dict(Map<String, Value> items) {
      this(items, Text.TEMPLATE);
    }
  }

  /// What `namespace()` makes: the one thing a template may change.
  final class Space implements Value {
    private final Map<String, Value> items;

    Space(Map<String, Value> items) {
      this.items = items;
    }

    Map<String, Value> items() {
      return items;
    }
  }

  /// What can be called; a `loop` also has attributes.
  record Function(String name, Map<String, Value> attributes, Body body) implements Value {
    Function(String name, Body body) {
      this(name, Map.of(), body);
    }
  }

  interface Body {
    Value call(Run run, Arguments arguments);
  }

  /// Arguments by place and by name.
  record Arguments(List<Value> ordered, Map<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    Optional<Value> at(int place, String name) {
      return place < ordered.size()
          ? Optional.of(ordered.get(place))
          : Optional.ofNullable(named.get(name));
    }

    Value need(String of, int place) {
      return at(place, "").orElseThrow(() -> Run.bad("%s lacks an argument".formatted(of)));
    }

    Arguments after(int count) {
      return new Arguments(ordered.subList(Math.min(count, ordered.size()), ordered.size()), named);
    }
  }
}
