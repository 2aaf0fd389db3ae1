package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Parses expressions. Chains of equal operators become one node with a list, so that only brackets
/// nest.
final class Expressions {
  private record Operand(String sign, Expression value) {}

  private final Cursor cursor;

  Expressions(Cursor cursor) {
    this.cursor = cursor;
  }

  /// With the inline `if`.
  Expression whole() {
    cursor.enter();
    var value = either();
    if (cursor.takeName("if")) {
      var then = value;
      var condition = either();
      var otherwise = cursor.takeName("else") ? whole() : (Expression) s -> new Value.Undefined("");
      value = s -> (Operators.truth(condition.of(s)) ? then : otherwise).of(s);
    }
    cursor.leave();
    var inner = value;
    return s -> {
      s.run().enter();
      s.run().step(1);
      var out = inner.of(s);
      s.run().leave();
      return out;
    };
  }

  /// One expression, or several with commas between as a tuple.
  Expression tuple(boolean withIf) {
    var first = withIf ? whole() : either();
    if (!cursor.peek().sign(",")) {
      return first;
    }
    var all = new ArrayList<>(List.of(first));
    while (cursor.takeSign(",") && cursor.peek().kind() != Kind.CLOSE && !cursor.peek().sign(")")) {
      all.add(withIf ? whole() : either());
    }
    return sequence(all);
  }

  private static Expression sequence(List<Expression> all) {
    return s -> {
      s.run().room(all.size());
      return new Value.Seq(all.stream().map(e -> e.of(s)).toList());
    };
  }

  Expression either() {
    var all = new ArrayList<>(List.of(both()));
    while (cursor.takeName("or")) {
      all.add(both());
    }
    return all.size() == 1 ? all.getFirst() : s -> until(s, all, true);
  }

  private Expression both() {
    var all = new ArrayList<>(List.of(negation()));
    while (cursor.takeName("and")) {
      all.add(negation());
    }
    return all.size() == 1 ? all.getFirst() : s -> until(s, all, false);
  }

  private static Value until(Scope scope, List<Expression> all, boolean stop) {
    var value = all.getFirst().of(scope);
    for (int i = 1; i < all.size() && Operators.truth(value) != stop; i++) {
      value = all.get(i).of(scope);
    }
    return value;
  }

  private Expression negation() {
    boolean not = false;
    boolean any = false;
    while (cursor.takeName("not")) {
      not = !not;
      any = true;
    }
    var value = comparison();
    if (!any) {
      return value;
    }
    boolean wanted = !not;
    return s -> new Value.Bool(Operators.truth(value.of(s)) == wanted);
  }

  private Expression comparison() {
    var first = sum();
    var rest = new ArrayList<Operand>();
    while (true) {
      var token = cursor.peek();
      if (List.of("==", "!=", "<", "<=", ">", ">=").contains(token.text())
          && token.kind() == Kind.SIGN) {
        rest.add(new Operand(cursor.next().text(), sum()));
      } else if (cursor.takeName("in")) {
        rest.add(new Operand("in", sum()));
      } else if (token.name("not") && cursor.ahead().name("in")) {
        cursor.next();
        cursor.next();
        rest.add(new Operand("not in", sum()));
      } else {
        return rest.isEmpty() ? first : s -> compare(s, first, rest);
      }
    }
  }

  private static Value compare(Scope scope, Expression first, List<Operand> rest) {
    var left = first.of(scope);
    for (var operand : rest) {
      var right = operand.value.of(scope);
      if (!Operators.compare(scope.run(), operand.sign, left, right)) {
        return new Value.Bool(false);
      }
      left = right;
    }
    return new Value.Bool(true);
  }

  private Expression sum() {
    var first = joined();
    var rest = new ArrayList<Operand>();
    while (cursor.peek().sign("+") || cursor.peek().sign("-")) {
      rest.add(new Operand(cursor.next().text(), joined()));
    }
    return chain(first, rest);
  }

  private Expression joined() {
    var all = new ArrayList<>(List.of(product()));
    while (cursor.takeSign("~")) {
      all.add(product());
    }
    return all.size() == 1
        ? all.getFirst()
        : s -> s.run().join(all.stream().map(e -> Printing.text(s.run(), e.of(s))).toList());
  }

  private Expression product() {
    var first = signed();
    var rest = new ArrayList<Operand>();
    while (cursor.peek().kind() == Kind.SIGN
        && List.of("*", "/", "//", "%").contains(cursor.peek().text())) {
      rest.add(new Operand(cursor.next().text(), signed()));
    }
    return chain(first, rest);
  }

  private static Expression chain(Expression first, List<Operand> rest) {
    if (rest.isEmpty()) {
      return first;
    }
    return s -> {
      var value = first.of(s);
      for (var operand : rest) {
        value = Operators.compute(s.run(), operand.sign, value, operand.value.of(s));
      }
      return value;
    };
  }

  private Expression signed() {
    boolean minus = false;
    boolean any = false;
    while (cursor.peek().sign("-") || cursor.peek().sign("+")) {
      minus ^= cursor.next().sign("-");
      any = true;
    }
    var value = simple();
    var steps = new ArrayList<Expression.Step>();
    new Steps(cursor, this).postfix(steps);
    boolean negative = minus;
    var inner = Steps.applied(value, steps);
    var number =
        any
            ? (Expression)
                s -> {
                  var zero = new Value.Int(0);
                  return Operators.compute(s.run(), negative ? "-" : "+", zero, inner.of(s));
                }
            : inner;
    var filters = new ArrayList<Expression.Step>();
    new Steps(cursor, this).filters(filters);
    return Steps.applied(number, filters);
  }

  Expression simple() {
    var token = cursor.next();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> {
        var text = new StringBuilder(token.text());
        while (cursor.peek().kind() == Kind.STRING) {
          text.append(cursor.next().text());
        }
        yield constant(Text.of(text.toString()));
      }
      case INT, FLOAT -> constant(number(token));
      case SIGN ->
          switch (token.text()) {
            case "(" -> brackets();
            case "[" -> sequence(until("]"));
            case "{" -> dictionary();
            default -> throw cursor.bad("an expression is expected, found %s".formatted(token));
          };
      default -> throw cursor.bad("an expression is expected, found %s".formatted(token));
    };
  }

  private Value number(Token token) {
    try {
      return token.kind() == Kind.INT
          ? new Value.Int(Long.parseLong(token.text()))
          : new Value.Num(Double.parseDouble(token.text()));
    } catch (NumberFormatException e) {
      throw cursor.bad("the number %s is not read".formatted(token));
    }
  }

  private static Expression name(String name) {
    return switch (name) {
      case "true", "True" -> constant(new Value.Bool(true));
      case "false", "False" -> constant(new Value.Bool(false));
      case "none", "None" -> constant(Value.None.NONE);
      default -> s -> s.get(name);
    };
  }

  private static Expression constant(Value value) {
    return s -> value;
  }

  private Expression brackets() {
    if (cursor.takeSign(")")) {
      return sequence(List.of());
    }
    var inner = tuple(true);
    cursor.expectSign(")");
    return inner;
  }

  /// Expressions with commas between, up to the closing sign.
  private List<Expression> until(String close) {
    var all = new ArrayList<Expression>();
    while (!cursor.takeSign(close)) {
      all.add(whole());
      if (!cursor.peek().sign(close)) {
        cursor.expectSign(",");
      }
    }
    return all;
  }

  private Expression dictionary() {
    record Pair(Expression key, Expression value) {}
    var all = new ArrayList<Pair>();
    while (!cursor.takeSign("}")) {
      var key = whole();
      cursor.expectSign(":");
      all.add(new Pair(key, whole()));
      if (!cursor.peek().sign("}")) {
        cursor.expectSign(",");
      }
    }
    return s -> {
      s.run().room(all.size());
      var out = new LinkedHashMap<String, Value>();
      all.forEach(pair -> out.put(Operators.key(pair.key.of(s)), pair.value.of(s)));
      return new Value.Dict(out);
    };
  }
}
