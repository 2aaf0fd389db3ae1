package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Parses what follows a value: attributes, items, slices, calls, filters and tests.
final class Steps {
  private final Cursor cursor;
  private final Expressions expressions;

  Steps(Cursor cursor, Expressions expressions) {
    this.cursor = cursor;
    this.expressions = expressions;
  }

  static Expression applied(Expression value, List<Expression.Step> steps) {
    if (steps.isEmpty()) {
      return value;
    }
    return s -> {
      var out = value.of(s);
      for (var step : steps) {
        s.run().step(1);
        out = step.of(s, out);
      }
      return out;
    };
  }

  void postfix(List<Expression.Step> steps) {
    while (true) {
      if (cursor.takeSign(".")) {
        var name = cursor.next().text();
        steps.add(
            name.matches("\\d+")
                ? (s, v) -> Access.item(v, number(name))
                : (s, v) -> Access.attribute(v, name));
      } else if (cursor.takeSign("[")) {
        steps.add(subscript());
      } else if (cursor.peek().sign("(")) {
        var given = arguments();
        steps.add((s, v) -> call(s, v, given.of(s)));
      } else {
        return;
      }
    }
  }

  private static Value number(String digits) {
    try {
      return new Value.Int(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      throw Run.bad("the number %s is not read".formatted(digits));
    }
  }

  void filters(List<Expression.Step> steps) {
    while (true) {
      if (cursor.takeSign("|")) {
        steps.add(filter());
      } else if (cursor.takeName("is")) {
        steps.add(test());
      } else if (cursor.peek().sign("(")) {
        var given = arguments();
        steps.add((s, v) -> call(s, v, given.of(s)));
      } else {
        return;
      }
    }
  }

  Expression.Step filter() {
    var name = cursor.name();
    if (!Filters.known(name)) {
      throw cursor.bad("there is no filter '%s' here".formatted(name));
    }
    var given = cursor.peek().sign("(") ? arguments() : Expression.Given.NONE;
    return (s, v) -> Filters.apply(s.run(), name, v, given.of(s));
  }

  private Expression.Step test() {
    boolean not = cursor.takeName("not");
    var name = Tests.spelt(cursor.next().text());
    if (!Tests.known(name)) {
      throw cursor.bad("there is no test '%s' here".formatted(name));
    }
    var given = Expression.Given.NONE;
    if (cursor.peek().sign("(")) {
      given = arguments();
    } else if (beginsValue()) {
      var steps = new ArrayList<Expression.Step>();
      var argument = expressions.simple();
      postfix(steps);
      given = new Expression.Given(List.of(applied(argument, steps)), new LinkedHashMap<>());
    }
    var all = given;
    return (s, v) -> new Value.Bool(Tests.apply(s.run(), name, v, all.of(s)) != not);
  }

  private boolean beginsValue() {
    var token = cursor.peek();
    return switch (token.kind()) {
      case STRING, INT, FLOAT -> true;
      case NAME -> !List.of("else", "or", "and", "is", "if", "in", "not").contains(token.text());
      case SIGN -> token.text().equals("[") || token.text().equals("{");
      default -> false;
    };
  }

  Expression.Given arguments() {
    cursor.expectSign("(");
    var ordered = new ArrayList<Expression>();
    var named = new LinkedHashMap<String, Expression>();
    while (!cursor.takeSign(")")) {
      if (cursor.peek().kind() == Kind.NAME && cursor.ahead().sign("=")) {
        var name = cursor.name();
        cursor.next();
        named.put(name, expressions.whole());
      } else {
        ordered.add(expressions.whole());
      }
      if (!cursor.peek().sign(")")) {
        cursor.expectSign(",");
      }
    }
    return new Expression.Given(ordered, named);
  }

  static Value call(Scope scope, Value function, Value.Arguments arguments) {
    if (function instanceof Value.Function f) {
      return f.body().call(scope.run(), arguments);
    }
    if (function instanceof Value.Undefined u) {
      throw Run.bad(
          u.name().equals("strftime_now")
              ? "it asks for today's date with strftime_now; give the rendering a date"
              : "it calls '%s', which is not known here".formatted(u.name()));
    }
    throw Run.bad("it calls %s, which is no function".formatted(Printing.kind(function)));
  }

  private Expression.Step subscript() {
    var none = (Expression) s -> Value.None.NONE;
    if (!cursor.peek().sign(":")) {
      var index = expressions.tuple(true);
      if (cursor.takeSign("]")) {
        return (s, v) -> Access.item(v, index.of(s));
      }
      return slice(index, none);
    }
    return slice(none, none);
  }

  private Expression.Step slice(Expression from, Expression none) {
    cursor.expectSign(":");
    var to = part(none);
    var by = cursor.takeSign(":") ? part(none) : none;
    cursor.expectSign("]");
    return (s, v) -> Access.slice(s.run(), v, from.of(s), to.of(s), by.of(s));
  }

  private Expression part(Expression none) {
    return cursor.peek().sign(":") || cursor.peek().sign("]") ? none : expressions.whole();
  }
}
