package dev.sonde.chat.jinja;

import dev.sonde.chat.jinja.Value.Arguments;
import java.util.Set;

/// What may follow `is`.
final class Tests {
  private static final Set<String> KNOWN =
      Set.of(
          "defined",
          "undefined",
          "none",
          "string",
          "mapping",
          "iterable",
          "sequence",
          "number",
          "integer",
          "float",
          "boolean",
          "true",
          "false",
          "callable",
          "odd",
          "even",
          "divisibleby",
          "==",
          "!=",
          "<",
          "<=",
          ">",
          ">=",
          "in",
          "sameas");

  private Tests() {}

  static String spelt(String name) {
    return switch (name) {
      case "equalto", "eq" -> "==";
      case "ne" -> "!=";
      case "lt", "lessthan" -> "<";
      case "le" -> "<=";
      case "gt", "greaterthan" -> ">";
      case "ge" -> ">=";
      default -> name;
    };
  }

  static boolean known(String name) {
    return KNOWN.contains(name);
  }

  static boolean apply(Run run, String name, Value value, Arguments given) {
    return switch (name) {
      case "defined" -> !(value instanceof Value.Undefined);
      case "undefined" -> value instanceof Value.Undefined;
      case "none" -> value instanceof Value.None;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Value.Dict;
      case "iterable", "sequence" ->
          value instanceof Text
              || value instanceof Value.Seq
              || value instanceof Value.Dict
              || value instanceof Value.Undefined;
      case "number" ->
          value instanceof Value.Int || value instanceof Value.Num || value instanceof Value.Bool;
      case "integer" -> value instanceof Value.Int;
      case "float" -> value instanceof Value.Num;
      case "boolean" -> value instanceof Value.Bool;
      case "true" -> value instanceof Value.Bool(boolean b) && b;
      case "false" -> value instanceof Value.Bool(boolean b) && !b;
      case "callable" -> value instanceof Value.Function;
      case "odd" -> Math.floorMod(Operators.whole(value), 2) == 1;
      case "even" -> Math.floorMod(Operators.whole(value), 2) == 0;
      case "divisibleby" ->
          Math.floorMod(Operators.whole(value), Math.max(1, Operators.whole(given.need(name, 0))))
              == 0;
      case "sameas" ->
          value.getClass() == given.need(name, 0).getClass()
              && Operators.equal(run, value, given.need(name, 0));
      default -> Operators.compare(run, name, value, given.need(name, 0));
    };
  }
}
