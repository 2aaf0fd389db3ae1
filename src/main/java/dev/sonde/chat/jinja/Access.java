package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Attributes, items and slices of values, as Python has them.
final class Access {
  private Access() {}

  static Value attribute(Value of, String name) {
    var method = Methods.of(of, name);
    if (method.isPresent()) {
      return method.get();
    }
    return switch (of) {
      case Value.Dict dict -> found(dict.items().get(name), name);
      case Value.Space space -> found(space.items().get(name), name);
      case Value.Function function -> found(function.attributes().get(name), name);
      case Value.Undefined u -> throw undefined(u);
      default -> new Value.Undefined(name);
    };
  }

  private static Value found(@org.jspecify.annotations.Nullable Value value, String name) {
    return value == null ? new Value.Undefined(name) : value;
  }

  static RuntimeException undefined(Value.Undefined u) {
    return Run.bad("it uses '%s', which nothing was given for".formatted(u.name()));
  }

  static Value item(Value of, Value index) {
    return switch (of) {
      case Value.Dict dict when index instanceof Text key ->
          dict.items().containsKey(key.string())
              ? found(dict.items().get(key.string()), key.string())
              : Methods.of(of, key.string()).orElse(new Value.Undefined(key.string()));
      case Value.Seq seq when index instanceof Value.Int i -> at(seq.items(), i.value());
      case Text text when index instanceof Value.Int i -> at(List.copyOf(text.points()), i.value());
      case Value.Undefined u -> throw undefined(u);
      default ->
          index instanceof Text name
              ? attribute(of, name.string())
              : new Value.Undefined(Printing.kind(index));
    };
  }

  private static Value at(List<? extends Value> items, long index) {
    long i = index < 0 ? index + items.size() : index;
    return i < 0 || i >= items.size() ? new Value.Undefined("item " + index) : items.get((int) i);
  }

  static Value slice(Run run, Value of, Value from, Value to, Value by) {
    if (of instanceof Text text) {
      run.room(text.length());
      var parts = text.points();
      return Text.join(picked(parts, from, to, by));
    }
    if (of instanceof Value.Seq seq) {
      run.room(seq.items().size());
      return new Value.Seq(picked(seq.items(), from, to, by));
    }
    if (of instanceof Value.Undefined u) {
      throw undefined(u);
    }
    throw Run.bad("it cuts a piece out of %s".formatted(Printing.kind(of)));
  }

  private static <T> List<T> picked(List<T> items, Value from, Value to, Value by) {
    long step = bound(by, 1);
    if (step == 0) {
      throw Run.bad("it cuts with a step of zero");
    }
    long size = items.size();
    boolean up = step > 0;
    long low = up ? 0 : -1;
    long high = up ? size : size - 1;
    long first = clamp(bound(from, up ? low : high), from, size, low, high);
    long last = clamp(bound(to, up ? high : low), to, size, low, high);
    var out = new ArrayList<T>();
    for (long i = first; up ? i < last : i > last; i += step) {
      out.add(items.get((int) i));
      if (Math.abs(step) > size) {
        break;
      }
    }
    return out;
  }

  private static long bound(Value value, long otherwise) {
    return switch (value) {
      case Value.None _ -> otherwise;
      case Value.Int i -> i.value();
      case Value.Undefined u -> throw undefined(u);
      default -> throw Run.bad("it cuts at %s".formatted(Printing.kind(value)));
    };
  }

  private static long clamp(long i, Value given, long size, long low, long high) {
    long counted = given instanceof Value.Int && i < 0 ? i + size : i;
    return Math.max(low, Math.min(high, counted));
  }

  /// What a loop over the value goes through.
  static List<Value> items(Run run, Value of) {
    List<Value> out =
        switch (of) {
          case Value.Seq seq -> seq.items();
          case Value.Dict dict ->
              dict.items().keySet().stream().map(k -> (Value) Text.of(k)).toList();
          case Text text -> List.copyOf(text.points());
          case Value.Undefined _ -> List.of();
          default -> throw Run.bad("it loops over %s".formatted(Printing.kind(of)));
        };
    run.step(1);
    run.room(out.size());
    return out;
  }

  static List<Value> pairs(Run run, Value.Dict dict) {
    run.room(dict.items().size());
    return dict.items().entrySet().stream()
        .map(e -> (Value) new Value.Seq(Stream.of(Text.of(e.getKey()), e.getValue()).toList()))
        .toList();
  }
}
