package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Truth, order and arithmetic as in Python.
final class Operators {
  private Operators() {}

  static boolean truth(Value value) {
    return switch (value) {
      case Value.Undefined _ -> false;
      case Value.None _ -> false;
      case Value.Bool b -> b.value();
      case Value.Int i -> i.value() != 0;
      case Value.Num n -> n.value() != 0;
      case Text text -> text.length() > 0;
      case Value.Seq seq -> !seq.items().isEmpty();
      case Value.Dict dict -> !dict.items().isEmpty();
      case Value.Space _ -> true;
      case Value.Function _ -> true;
    };
  }

  static String key(Value value) {
    if (value instanceof Text text) {
      return text.string();
    }
    throw Run.bad("a dictionary's key is %s; only texts are read".formatted(Printing.kind(value)));
  }

  static boolean compare(Run run, String sign, Value left, Value right) {
    run.step(1);
    return switch (sign) {
      case "==" -> equal(run, left, right);
      case "!=" -> !equal(run, left, right);
      case "in" -> in(run, left, right);
      case "not in" -> !in(run, left, right);
      case "<" -> order(run, left, right) < 0;
      case "<=" -> order(run, left, right) <= 0;
      case ">" -> order(run, left, right) > 0;
      default -> order(run, left, right) >= 0;
    };
  }

  static boolean equal(Run run, Value left, Value right) {
    run.enter();
    run.step(1);
    boolean out =
        switch (left) {
          case Text text -> text.equals(right);
          case Value.Seq seq ->
              right instanceof Value.Seq other && equal(run, seq.items(), other.items());
          case Value.Dict dict ->
              right instanceof Value.Dict other
                  && dict.items().keySet().equals(other.items().keySet())
                  && equal(run, inOrder(dict, dict), inOrder(dict, other));
          case Value.Undefined _ -> right instanceof Value.Undefined;
          case Value.None _ -> right instanceof Value.None;
          case Value.Space _ -> left.equals(right);
          case Value.Function _ -> false;
          case Value.Bool _, Value.Int _, Value.Num _ -> numeric(right) && number(left, right) == 0;
        };
    run.leave();
    return out;
  }

  private static List<Value> inOrder(Value.Dict keys, Value.Dict of) {
    return keys.items().keySet().stream().map(k -> Access.item(of, Text.of(k))).toList();
  }

  private static boolean equal(Run run, List<Value> left, List<Value> right) {
    boolean out = left.size() == right.size();
    for (int i = 0; out && i < left.size(); i++) {
      out = equal(run, left.get(i), right.get(i));
    }
    return out;
  }

  private static boolean in(Run run, Value item, Value of) {
    return switch (of) {
      case Text text when item instanceof Text part -> {
        run.room(text.length());
        yield text.string().contains(part.string());
      }
      case Value.Seq seq -> seq.items().stream().anyMatch(v -> equal(run, v, item));
      case Value.Dict dict -> item instanceof Text key && dict.items().containsKey(key.string());
      case Value.Undefined _ -> false;
      default ->
          throw Run.bad("it looks for %s in %s".formatted(Printing.kind(item), Printing.kind(of)));
    };
  }

  static int order(Run run, Value left, Value right) {
    run.step(1);
    if (left instanceof Text a && right instanceof Text b) {
      return points(a.string(), b.string());
    }
    if (numeric(left) && numeric(right)) {
      return number(left, right);
    }
    if (left instanceof Value.Seq a && right instanceof Value.Seq b) {
      return order(run, a.items(), b.items());
    }
    throw Run.bad("it compares %s with %s".formatted(Printing.kind(left), Printing.kind(right)));
  }

  private static int order(Run run, List<Value> a, List<Value> b) {
    run.enter();
    int out = 0;
    for (int i = 0; out == 0 && i < Math.min(a.size(), b.size()); i++) {
      out = equal(run, a.get(i), b.get(i)) ? 0 : order(run, a.get(i), b.get(i));
    }
    run.leave();
    return out == 0 ? Integer.compare(a.size(), b.size()) : out;
  }

  /// Order by code points, which UTF-16 units do not have.
  private static int points(String a, String b) {
    int at = 0;
    while (at < Math.min(a.length(), b.length()) && a.charAt(at) == b.charAt(at)) {
      at++;
    }
    if (at == Math.min(a.length(), b.length())) {
      return Integer.compare(a.length(), b.length());
    }
    int from = at > 0 && Character.isHighSurrogate(a.charAt(at - 1)) ? at - 1 : at;
    return Integer.compare(a.codePointAt(from), b.codePointAt(from));
  }

  private static boolean numeric(Value value) {
    return value instanceof Value.Int || value instanceof Value.Num || value instanceof Value.Bool;
  }

  private static int number(Value left, Value right) {
    return left instanceof Value.Num || right instanceof Value.Num
        ? real(left) == real(right) ? 0 : Double.compare(real(left), real(right))
        : Long.compare(whole(left), whole(right));
  }

  static long whole(Value value) {
    return switch (value) {
      case Value.Int i -> i.value();
      case Value.Bool b -> b.value() ? 1 : 0;
      case Value.Undefined u -> throw Access.undefined(u);
      default -> throw Run.bad("a whole number is expected, found " + Printing.kind(value));
    };
  }

  private static double real(Value value) {
    return value instanceof Value.Num n ? n.value() : whole(value);
  }

  static Value compute(Run run, String sign, Value left, Value right) {
    run.step(1);
    if (left instanceof Value.Undefined u) {
      throw Access.undefined(u);
    }
    if (right instanceof Value.Undefined u) {
      throw Access.undefined(u);
    }
    if (numeric(left) && numeric(right)) {
      return arithmetic(sign, left, right);
    }
    if (sign.equals("+") && left instanceof Text a && right instanceof Text b) {
      return run.join(List.of(a, b));
    }
    if (sign.equals("+") && left instanceof Value.Seq a && right instanceof Value.Seq b) {
      run.room((long) a.items().size() + b.items().size());
      var all = new ArrayList<>(a.items());
      all.addAll(b.items());
      return new Value.Seq(all);
    }
    if (sign.equals("*") && left instanceof Text text && right instanceof Value.Int times) {
      return repeated(run, text, times.value());
    }
    if (sign.equals("%") && left instanceof Text text) {
      return Methods.percent(run, text, right);
    }
    throw Run.bad(
        "it computes %s %s %s".formatted(Printing.kind(left), sign, Printing.kind(right)));
  }

  private static Text repeated(Run run, Text text, long times) {
    int count = Math.clamp(times, 0, Integer.MAX_VALUE);
    run.room((long) text.length() * count + count);
    return Text.join(Collections.nCopies(count, text));
  }

  private static Value arithmetic(String sign, Value left, Value right) {
    boolean reals = left instanceof Value.Num || right instanceof Value.Num;
    try {
      return reals || sign.equals("/")
          ? new Value.Num(reals(sign, real(left), real(right)))
          : new Value.Int(wholes(sign, whole(left), whole(right)));
    } catch (ArithmeticException e) {
      throw Run.bad("it divides by zero, or a number is too large");
    }
  }

  private static long wholes(String sign, long a, long b) {
    return switch (sign) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default -> throw Run.bad("the operator %s is not known".formatted(sign));
    };
  }

  private static double reals(String sign, double a, double b) {
    if (b == 0 && !sign.equals("+") && !sign.equals("-") && !sign.equals("*")) {
      throw new ArithmeticException();
    }
    return switch (sign) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      default -> throw Run.bad("the operator %s is not known".formatted(sign));
    };
  }
}
