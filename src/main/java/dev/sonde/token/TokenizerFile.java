package dev.sonde.token;

import dev.sonde.io.BadInput;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Looks through a `tokenizer.json` before the native library does, which ends the whole process at
/// some damaged ones. What is looked for was found by damaging files at random and seeing where it
/// ends:
///
/// - a decoder that is no sound JSON, is nested too deeply, or holds a number out of range;
/// - patterns so deeply nested, and pieces so long, that its recursions overflow the stack;
/// - templates around a text that name a special token, or a second text, which is not there;
/// - merges shorter than the prefix of continuing pieces;
/// - a table of characters whose links lead outside ([CharacterTable]).
///
/// What else is wrong the library refuses itself.
final class TokenizerFile {
  /// Sequences of steps nest two or three times.
  private static final int DEEPEST = 64;

  /// Characters of a piece, a key or any text but a table of characters.
  private static final int LONGEST = 2000;

  /// Groups and classes that a pattern opens.
  private static final int OPENED = 250;

  private static final String TABLE = "precompiled_charsmap";

  private final Path origin;
  private final Deque<String> names = new ArrayDeque<>();
  private String name = "";
  private String prefix = "";

  private TokenizerFile(Path origin) {
    this.origin = origin;
  }

  /// @throws BadInput if the library must not see it
  static void check(byte[] json, Path origin) {
    var own = new TokenizerFile(origin);
    try {
      own.everything(json);
      own.parts(json);
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw own.bad(
          "it is no sound JSON at line %d, column %d"
              .formatted(at == null ? 1 : at.getLineNr(), at == null ? 1 : at.getColumnNr()));
    }
  }

  private void everything(byte[] json) {
    try (var parser = JsonMapper.shared().createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw bad("it is no JSON object");
      }
      names.push("");
      while (!names.isEmpty()) {
        step(parser, parser.nextToken());
      }
      if (parser.nextToken() != null) {
        throw bad("something follows its end");
      }
    }
  }

  private void step(JsonParser parser, JsonToken token) {
    switch (token) {
      case START_OBJECT, START_ARRAY -> {
        names.push(name);
        if (names.size() > DEEPEST) {
          throw bad("it is nested more than %d deep".formatted(DEEPEST));
        }
      }
      case END_OBJECT, END_ARRAY -> names.pop();
      case PROPERTY_NAME -> {
        name = parser.currentName();
        text("", name);
      }
      case VALUE_STRING -> text(name, parser.getString());
      case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT -> number(parser.getDoubleValue(), token);
      default -> {}
    }
  }

  private void number(double number, JsonToken token) {
    boolean whole = token == JsonToken.VALUE_NUMBER_INT;
    if (!Double.isFinite(number) || (whole && Math.abs(number) > (1L << 62))) {
      throw bad("a number in it is out of range");
    }
  }

  private void text(String key, String text) {
    if (key.equals(TABLE)) {
      if (!CharacterTable.sound(text)) {
        throw bad("its table of characters (%s) leads outside itself".formatted(TABLE));
      }
      return;
    }
    if (text.length() > LONGEST) {
      throw bad("a text in it has %d characters".formatted(text.length()));
    }
    if (key.equals("Regex") && text.chars().filter(c -> c == '(' || c == '[').count() > OPENED) {
      throw bad("a pattern in it opens more than %d groups".formatted(OPENED));
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw bad("a text in it has half a surrogate pair");
      }
    }
  }

  private void parts(byte[] json) {
    try (var parser = JsonMapper.shared().createParser(json)) {
      var _ = parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var part = parser.currentName();
        var value = parser.nextToken();
        if (part.equals("post_processor") && value == JsonToken.START_OBJECT) {
          JsonNode tree = parser.readValueAsTree();
          templates(tree);
        } else if (part.equals("normalizer") && value == JsonToken.START_OBJECT) {
          JsonNode tree = parser.readValueAsTree();
          tables(tree);
        } else if (part.equals("model") && value == JsonToken.START_OBJECT) {
          model(parser);
        } else {
          var _ = parser.skipChildren();
        }
      }
    }
    if (!prefix.isEmpty()) {
      merges(json);
    }
  }

  private void model(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var key = parser.currentName();
      var value = parser.nextToken();
      if (key.equals("continuing_subword_prefix") && value == JsonToken.VALUE_STRING) {
        prefix = parser.getString();
      }
      var _ = parser.skipChildren();
    }
  }

  /// The second part of each merge is taken from behind the prefix.
  private void merges(byte[] json) {
    var merges = JsonMapper.shared().readTree(json).path("model").path("merges");
    for (var merge : merges) {
      var text = merge.isArray() ? merge.path(1).asString("") : merge.asString("");
      var second = merge.isArray() ? text : text.substring(text.indexOf(' ') + 1);
      if (!second.startsWith(prefix)) {
        throw bad("the merge '%s' goes on with no '%s'".formatted(merge.toString(), prefix));
      }
    }
  }

  /// The library takes for granted that such a step has its table.
  private void tables(JsonNode step) {
    if (step.path("type").asString("").equals("Precompiled") && !step.path(TABLE).isString()) {
      throw bad("a step of its normalizer has no table of characters (%s)".formatted(TABLE));
    }
    step.path("normalizers").forEach(this::tables);
  }

  private void templates(JsonNode step) {
    step.path("processors").forEach(this::templates);
    var special = step.path("special_tokens");
    for (var form : new String[] {"single", "pair"}) {
      for (var piece : step.path(form)) {
        var token = piece.path("SpecialToken").path("id").asString("");
        if (piece.has("SpecialToken") && !special.has(token)) {
          throw bad(
              "its template names '%s', which is none of its special tokens".formatted(token));
        }
        if (form.equals("single") && piece.path("Sequence").path("id").asString("A").equals("B")) {
          throw bad("its template for one text has a second one");
        }
      }
    }
    for (var token : special) {
      if (token.path("ids").size() != token.path("tokens").size()) {
        throw bad("a special token of its template has not as many ids as tokens");
      }
    }
  }

  private BadInput bad(String what) {
    return new BadInput(
        "%s is damaged: %s; fetch the tokenizer again".formatted(origin, what.strip()));
  }
}
