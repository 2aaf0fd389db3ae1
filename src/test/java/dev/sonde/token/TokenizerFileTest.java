package dev.sonde.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Files at which the native library ends the process; each differs little from one that it reads.
final class TokenizerFileTest {
  private static final Path SOUND = Path.of("src/test/resources/tokenizers");

  @TempDir private Path folder = Path.of("");

  private static String sound(String kind) throws IOException {
    return Files.readString(SOUND.resolve(kind + ".json"));
  }

  private static String but(String kind, String from, String to) throws IOException {
    var text = sound(kind);
    assertThat(text).contains(from);
    return text.replace(from, to);
  }

  private void refused(String json, String why) {
    assertThatThrownBy(
            () -> TokenizerFile.check(json.getBytes(UTF_8), folder.resolve("tokenizer.json")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("tokenizer.json is damaged")
        .hasMessageContaining(why)
        .message()
        .matches(m -> m.lines().count() == 1);
  }

  /// Ids from the `tokenizers` package for Python, 0.22, of `ab <s> é😀 b`.
  @ParameterizedTest
  @CsvSource({
    "bytes, 3 2 5 5 5 5 1",
    "pieces, 9 5 1 5 5 3 4 0 5 7",
    "unigram, 0 7 0 3 1 3 5 2",
    "wordpiece, 2 5 7 1 1 1 1 6 3"
  })
  void soundFilesAreRead(String kind, String ids) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), sound(kind));
    try (var tokenizer = Tokenizer.open(folder)) {
      var found = tokenizer.encode("ab <s> é\uD83D\uDE00 b").ids();
      assertThat(String.join(" ", java.util.Arrays.stream(found).mapToObj(i -> "" + i).toList()))
          .isEqualTo(ids);
    }
  }

  /// A capital is read as its small letter, which its table says.
  @Test
  void aTableOfCharactersIsRead() throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), sound("table"));
    try (var tokenizer = Tokenizer.open(folder)) {
      assertThat(tokenizer.encode("AB").ids()).isEqualTo(tokenizer.encode("ab").ids());
      assertThat(tokenizer.encode("BA").ids()).isNotEqualTo(tokenizer.encode("ab").ids());
    }
  }

  @Test
  void damagedJsonIsRefused() throws IOException {
    refused(but("bytes", "\"decoder\": {\"type\"", "\"decoder\": {\"type\", {"), "no sound JSON");
    refused(but("bytes", "\"decoder\": {", "\"decoder\": {\"a\": \"\\ud800\", "), "surrogate");
    refused(but("bytes", "\"decoder\": {", "\"decoder\": {\"a\": 1e400, "), "out of range");
    var deep = "\"decoder\": {\"a\": " + "[".repeat(100) + "]".repeat(100) + ", ";
    refused(but("bytes", "\"decoder\": {", deep), "nested");
    refused(sound("bytes") + "1", "follows its end");
    refused(sound("bytes").substring(0, 900), "no sound JSON");
    refused("[]", "no JSON object");
  }

  @Test
  void whatOverflowsTheStackIsRefused() throws IOException {
    refused(but("bytes", "'ll|", "[".repeat(500)), "pattern");
    refused(but("unigram", "<unk>", "a".repeat(100_000)), "100000 characters");
  }

  @Test
  void missingReferencesAreRefused() throws IOException {
    refused(but("bytes", "\"special_tokens\": {\"<s>\"", "\"special_tokens\": {\"<t>\""), "names");
    refused(
        but(
            "bytes",
            "{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}], \"pair\"",
            "{\"Sequence\": {\"id\": \"B\", \"type_id\": 0}}], \"pair\""),
        "second one");
    refused(but("bytes", "\"ids\": [3]", "\"ids\": [3, 4]"), "as many ids");
    refused(but("pieces", "_prefix\": null", "_prefix\": \"abcdef\""), "goes on with no 'abcdef'");
    var fits = but("pieces", "_prefix\": null", "_prefix\": \"\"");
    assertThatCode(() -> TokenizerFile.check(fits.getBytes(UTF_8), folder))
        .doesNotThrowAnyException();
  }

  /// The trie's first unit, made to point outside, and a leaf behind the last text.
  @Test
  void tablesThatLeadOutsideAreRefused() throws IOException {
    var text = sound("table");
    int from = text.indexOf("precompiled_charsmap\": \"") + 24;
    var table = text.substring(from, text.indexOf('"', from));
    assertThat(CharacterTable.sound(table)).isTrue();
    refused(text.replace(table, changed(table, 4, 0x7ffffc00)), "table of characters");
    refused(text.replace(table, table.substring(0, table.length() / 8 * 4)), "table of characters");
    refused(text.replace(table, "?"), "table of characters");
    refused(text.replace("\"precompiled_charsmap\"", "\"map\""), "has no table of characters");
    var bytes = Base64.getDecoder().decode(table);
    bytes[bytes.length - 3] = (byte) 0xff;
    refused(text.replace(table, Base64.getEncoder().encodeToString(bytes)), "table of characters");
    int leaves = 0;
    for (int at = 4; at < 1028; at += 4) {
      leaves += CharacterTable.sound(changed(table, at, 0x80000000 | 1_000_000)) ? 0 : 1;
    }
    assertThat(leaves).isBetween(5, 60);
  }

  private static String changed(String table, int at, int unit) {
    var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(table)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(at, unit);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
