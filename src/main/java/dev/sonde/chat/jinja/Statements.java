package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Statement.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Parses text, printed expressions and blocks.
final class Statements {
  private record Branch(Expression condition, List<Statement> body) {}

  private final Cursor cursor;
  private final Expressions expressions;
  private int loops;

  Statements(Cursor cursor) {
    this.cursor = cursor;
    expressions = new Expressions(cursor);
  }

  /// Up to a block that begins with one of the names, which is left to be read.
  List<Statement> until(String... ends) {
    cursor.enter();
    var out = new ArrayList<Statement>();
    while (true) {
      var token = cursor.next();
      switch (token.kind()) {
        case DATA -> out.add(written(s -> Text.of(token.text())));
        case PRINT -> {
          out.add(written(expressions.tuple(true)));
          cursor.close();
        }
        case BLOCK -> {
          if (List.of(ends).contains(cursor.peek().text())) {
            cursor.leave();
            return out;
          }
          out.add(block());
        }
        default -> {
          if (ends.length > 0) {
            throw cursor.bad("'%s' is missing".formatted(ends[ends.length - 1]));
          }
          return out;
        }
      }
    }
  }

  private static Statement written(Expression value) {
    return s -> {
      s.out().add(s.run(), Printing.text(s.run(), value.of(s)));
      return Flow.NEXT;
    };
  }

  private Statement block() {
    var name = cursor.name();
    return switch (name) {
      case "if" -> condition();
      case "for" -> loop();
      case "set" -> set();
      case "macro" -> macro();
      case "filter" -> filter();
      case "generation" -> generation();
      case "break", "continue" -> jump(name);
      default -> throw cursor.bad("there is no block '%s' here".formatted(name));
    };
  }

  private Statement jump(String name) {
    if (loops == 0) {
      throw cursor.bad("'%s' stands outside of every loop".formatted(name));
    }
    cursor.close();
    return s -> name.equals("break") ? Flow.BREAK : Flow.CONTINUE;
  }

  private Statement condition() {
    var branches = new ArrayList<Branch>();
    List<Statement> otherwise = List.of();
    var word = "if";
    while (!word.equals("endif")) {
      if (word.equals("else")) {
        cursor.close();
        otherwise = until("endif");
      } else {
        var condition = expressions.tuple(true);
        cursor.close();
        branches.add(new Branch(condition, until("elif", "else", "endif")));
      }
      word = cursor.name();
    }
    cursor.close();
    var last = otherwise;
    return s -> {
      for (var branch : branches) {
        if (Operators.truth(branch.condition.of(s))) {
          return Statement.all(branch.body, s);
        }
      }
      return Statement.all(last, s);
    };
  }

  private Statement loop() {
    var target = target();
    cursor.expectName("in");
    var over = expressions.tuple(false);
    Optional<Expression> filter =
        cursor.takeName("if") ? Optional.of(expressions.whole()) : Optional.empty();
    boolean recursive = cursor.takeName("recursive");
    cursor.close();
    loops++;
    var body = until("else", "endfor");
    loops--;
    List<Statement> otherwise = List.of();
    if (cursor.takeName("else")) {
      cursor.close();
      otherwise = until("endfor");
    }
    end("endfor");
    return new Loop(target, over, filter, recursive, body, otherwise);
  }

  private void end(String name) {
    cursor.expectName(name);
    cursor.close();
  }

  private Target target() {
    var parts = new ArrayList<Target>();
    boolean several = false;
    do {
      if (cursor.peek().name("in") || cursor.peek().sign("=") || cursor.peek().sign(")")) {
        break;
      }
      parts.add(part());
      several |= cursor.peek().sign(",");
    } while (cursor.takeSign(","));
    if (parts.isEmpty()) {
      throw cursor.bad("a name is expected, found %s".formatted(cursor.peek()));
    }
    return several ? new Target(parts, "", "") : parts.getFirst();
  }

  private Target part() {
    if (cursor.takeSign("(")) {
      cursor.enter();
      var inner = target();
      cursor.leave();
      cursor.expectSign(")");
      return inner;
    }
    var name = cursor.name();
    return new Target(List.of(), name, cursor.takeSign(".") ? cursor.name() : "");
  }

  private Statement set() {
    var target = target();
    if (cursor.takeSign("=")) {
      var value = expressions.tuple(true);
      cursor.close();
      return s -> {
        target.set(s, value.of(s));
        return Flow.NEXT;
      };
    }
    var filters = new ArrayList<Expression.Step>();
    new Steps(cursor, expressions).filters(filters);
    cursor.close();
    var body = until("endset");
    end("endset");
    var value = Steps.applied(s -> Statement.captured(body, s), filters);
    return s -> {
      target.set(s, value.of(s));
      return Flow.NEXT;
    };
  }

  private Statement macro() {
    var name = cursor.name();
    var parameters = new ArrayList<Macro.Parameter>();
    cursor.expectSign("(");
    while (!cursor.takeSign(")")) {
      var parameter = cursor.name();
      parameters.add(
          new Macro.Parameter(
              parameter,
              cursor.takeSign("=") ? Optional.of(expressions.whole()) : Optional.empty()));
      if (!cursor.peek().sign(")")) {
        cursor.expectSign(",");
      }
    }
    cursor.close();
    int outside = loops;
    loops = 0;
    var body = until("endmacro");
    loops = outside;
    end("endmacro");
    var macro = new Macro(name, parameters, body);
    return s -> {
      s.set(name, macro.in(s));
      return Flow.NEXT;
    };
  }

  private Statement filter() {
    var filters = new ArrayList<Expression.Step>();
    var steps = new Steps(cursor, expressions);
    filters.add(steps.filter());
    steps.filters(filters);
    cursor.close();
    var body = until("endfilter");
    end("endfilter");
    return written(Steps.applied(s -> Statement.captured(body, s), filters));
  }

  /// What the model is to say, by the template's own account.
  private Statement generation() {
    cursor.close();
    var body = until("endgeneration");
    end("endgeneration");
    return s -> {
      int from = s.out().length();
      var flow = Statement.all(body, s.inner());
      s.out().generated(from);
      return flow;
    };
  }

  static List<Statement> parse(String template) {
    return new Statements(new Cursor(Lexer.tokens(template))).until();
  }
}
