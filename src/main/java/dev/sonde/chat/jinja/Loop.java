package dev.sonde.chat.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `for … in … if … recursive`, with what the body may ask of its `loop`.
record Loop(
    Target target,
    Expression over,
    Optional<Expression> filter,
    boolean recursive,
    List<Statement> body,
    List<Statement> otherwise)
    implements Statement {
  @Override
  public Flow run(Scope scope) {
    return over(Access.items(scope.run(), over.of(scope)), scope, 1);
  }

  private Flow over(List<Value> all, Scope scope, int depth) {
    var items = filter.isEmpty() ? all : kept(all, scope);
    int before = scope.run().message();
    var flow = Flow.NEXT;
    for (int i = 0; i < items.size() && flow != Flow.BREAK; i++) {
      var inner = scope.inner();
      inner.set("loop", loop(items, i, scope, depth));
      target.set(inner, items.get(i));
      if (items.get(i) instanceof Value.Dict dict && dict.message() >= 0) {
        scope.run().message(dict.message());
      }
      flow = Statement.all(body, inner);
      scope.run().message(before);
    }
    return items.isEmpty() ? Statement.all(otherwise, scope.inner()) : Flow.NEXT;
  }

  private List<Value> kept(List<Value> all, Scope scope) {
    var out = new ArrayList<Value>();
    for (var item : all) {
      var inner = scope.inner();
      target.set(inner, item);
      if (filter.stream().allMatch(f -> Operators.truth(f.of(inner)))) {
        out.add(item);
      }
    }
    return out;
  }

  private Value loop(List<Value> items, int i, Scope scope, int depth) {
    int n = items.size();
    var out = new HashMap<String, Value>();
    out.put("index", new Value.Int(i + 1));
    out.put("index0", new Value.Int(i));
    out.put("revindex", new Value.Int(n - i));
    out.put("revindex0", new Value.Int(n - i - 1));
    out.put("first", new Value.Bool(i == 0));
    out.put("last", new Value.Bool(i == n - 1));
    out.put("length", new Value.Int(n));
    out.put("depth", new Value.Int(depth));
    out.put("depth0", new Value.Int(depth - 1));
    if (i > 0) {
      out.put("previtem", items.get(i - 1));
    }
    if (i < n - 1) {
      out.put("nextitem", items.get(i + 1));
    }
    out.put("cycle", new Value.Function("cycle", (run, given) -> cycle(given, i)));
    return new Value.Function("loop", Map.copyOf(out), (run, given) -> again(given, scope, depth));
  }

  private static Value cycle(Value.Arguments given, int i) {
    return given.need("cycle", given.ordered().isEmpty() ? 0 : i % given.ordered().size());
  }

  private Value again(Value.Arguments given, Scope scope, int depth) {
    if (!recursive) {
      throw Run.bad("it calls a loop that is not 'recursive'");
    }
    scope.run().enter();
    var out = new Output();
    over(Access.items(scope.run(), given.need("loop", 0)), scope.writing(out), depth + 1);
    scope.run().leave();
    return out.text();
  }
}
