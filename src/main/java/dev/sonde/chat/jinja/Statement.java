package dev.sonde.chat.jinja;

import java.util.List;

/// A part of a template that is done.
interface Statement {
  /// What comes after it.
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Flow run(Scope scope);

  static Flow all(List<Statement> statements, Scope scope) {
    scope.run().enter();
    var flow = Flow.NEXT;
    for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
      scope.run().step(1);
      flow = statements.get(i).run(scope);
    }
    scope.run().leave();
    return flow;
  }

  /// What the statements write, as a value.
  static Text captured(List<Statement> statements, Scope scope) {
    var out = new Output();
    all(statements, scope.writing(out));
    return out.text();
  }
}
