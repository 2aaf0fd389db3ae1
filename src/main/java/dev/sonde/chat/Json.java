package dev.sonde.chat;

import dev.sonde.chat.jinja.Text;
import dev.sonde.chat.jinja.Value;
import dev.sonde.io.BadInput;
import java.util.LinkedHashMap;
import tools.jackson.databind.JsonNode;

/// JSON as values of a template.
final class Json {
  private Json() {}

  static Value value(JsonNode node) {
    if (node.isObject()) {
      var out = new LinkedHashMap<String, Value>();
      node.properties().forEach(p -> out.put(p.getKey(), value(p.getValue())));
      return new Value.Dict(out);
    }
    if (node.isArray()) {
      return new Value.Seq(node.valueStream().map(Json::value).toList());
    }
    if (node.isString()) {
      return Text.of(node.asString());
    }
    if (node.isBoolean()) {
      return new Value.Bool(node.asBoolean());
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return new Value.Int(node.longValue());
    }
    if (node.isNumber()) {
      return new Value.Num(node.doubleValue());
    }
    if (node.isNull()) {
      return Value.None.NONE;
    }
    throw new BadInput("a template's variables hold %s, which is no plain JSON".formatted(node));
  }
}
