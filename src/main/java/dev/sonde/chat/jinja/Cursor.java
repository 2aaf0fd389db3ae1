package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Token.Kind;
import dev.sonde.io.BadInput;
import java.util.List;

/// Where the parser stands.
final class Cursor {
  private static final int DEEPEST = 60;

  private final List<Token> tokens;
  private int at;
  private int depth;

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token ahead() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    var token = tokens.get(at);
    at = Math.min(at + 1, tokens.size() - 1);
    return token;
  }

  boolean takeSign(String sign) {
    boolean found = peek().sign(sign);
    if (found) {
      next();
    }
    return found;
  }

  boolean takeName(String name) {
    boolean found = peek().name(name);
    if (found) {
      next();
    }
    return found;
  }

  void expectSign(String sign) {
    if (!takeSign(sign)) {
      throw bad("'%s' is expected, found %s".formatted(sign, peek()));
    }
  }

  void expectName(String name) {
    if (!takeName(name)) {
      throw bad("'%s' is expected, found %s".formatted(name, peek()));
    }
  }

  String name() {
    if (peek().kind() != Kind.NAME) {
      throw bad("a name is expected, found %s".formatted(peek()));
    }
    return next().text();
  }

  void close() {
    if (peek().kind() != Kind.CLOSE) {
      throw bad("the end of the tag is expected, found %s".formatted(peek()));
    }
    next();
  }

  void enter() {
    if (++depth > DEEPEST) {
      throw bad("it is nested more than %d deep".formatted(DEEPEST));
    }
  }

  void leave() {
    depth--;
  }

  BadInput bad(String what) {
    return Run.bad("line %d: %s".formatted(peek().line(), what));
  }
}
