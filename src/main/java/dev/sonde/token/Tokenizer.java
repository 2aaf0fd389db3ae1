package dev.sonde.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

/// Text to ids as the model was trained on them: Hugging Face's own tokenizers library reads
/// `tokenizer.json`; for a BERT that has only `vocab.txt` the same library is given the description
/// that belongs to it.
///
/// Nothing is truncated, nothing padded, nothing fetched. Special tokens are those of the
/// tokenizer's own template. May be used by many threads at once.
public final class Tokenizer implements AutoCloseable {
  static {
    // the library must never look for natives or models elsewhere
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final HuggingFaceTokenizer tokenizer;
  private final Digest digest;

  private Tokenizer(HuggingFaceTokenizer tokenizer, Digest digest) {
    this.tokenizer = tokenizer;
    this.digest = digest;
  }

  /// The tokenizer of a model folder.
  ///
  /// @throws BadInput if there is none, or it cannot be read
  @MustBeClosed
  public static Tokenizer open(Path folder) {
    var json = folder.resolve("tokenizer.json");
    var vocabulary = folder.resolve("vocab.txt");
    try {
      if (Files.isRegularFile(json)) {
        var description = Files.readAllBytes(json);
        var _ = UTF_8.newDecoder().decode(ByteBuffer.wrap(description)); // refuses what is none
        TokenizerFile.check(description, json);
        return of(description, json);
      }
      if (Files.isRegularFile(vocabulary)) {
        var config = folder.resolve("tokenizer_config.json");
        return of(WordPiece.describe(vocabulary, config).getBytes(UTF_8), vocabulary);
      }
    } catch (IOException e) {
      throw new BadInput(
          "the tokenizer of %s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
    throw new BadInput(
        "%s has no tokenizer: neither tokenizer.json nor (for BERT) vocab.txt is there"
            .formatted(folder));
  }

  private static Tokenizer of(byte[] bytes, Path origin) {
    try {
      var options = Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "true");
      return new Tokenizer(
          HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(bytes), options),
          Digest.of(bytes));
    } catch (IOException | RuntimeException e) {
      throw new BadInput(
          "%s is no tokenizer that the Hugging Face library can read: %s"
              .formatted(origin, e.getMessage()),
          e);
    }
  }

  public Tokens encode(String text) {
    return tokens(text, () -> tokenizer.encode(text, true, false));
  }

  /// Without the special tokens of the tokenizer's own: for a text that has them already, such as a
  /// rendered conversation.
  public Tokens encodePlain(String text) {
    return tokens(text, () -> tokenizer.encode(text, false, false));
  }

  /// The text of some ids, special tokens left out.
  public String decode(int[] ids) {
    long[] all = Arrays.stream(ids).asLongStream().toArray();
    return sound(() -> tokenizer.decode(all, true));
  }

  /// SHA-256 of the tokenizer's description: equal digests, equal ids.
  public Digest digest() {
    return digest;
  }

  /// What the library cannot do, say for want of its own unknown token, is the file's fault.
  private static <T> T sound(Supplier<T> work) {
    try {
      return work.get();
    } catch (BadInput e) {
      throw e;
    } catch (RuntimeException e) {
      throw new BadInput(
          "the tokenizer fails (%s); is tokenizer.json damaged? Fetch it again"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static Tokens tokens(String text, Supplier<Encoding> encode) {
    var encoding = sound(encode);
    var ids = Arrays.stream(encoding.getIds()).mapToInt(Tokenizer::id).toArray();
    var spans = encoding.getCharTokenSpans();
    long[] mask = encoding.getSpecialTokenMask();
    int[] places = utf16(text);
    var from = new int[ids.length];
    var to = new int[ids.length];
    var special = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      special[i] = mask[i] != 0;
      if (spans[i] != null && !special[i]) {
        from[i] = places[Math.min(spans[i].getStart(), places.length - 1)];
        to[i] = places[Math.min(spans[i].getEnd(), places.length - 1)];
      }
    }
    return new Tokens(ids, Arrays.asList(encoding.getTokens()), from, to, special);
  }

  private static int id(long id) {
    if (id < 0 || id > Integer.MAX_VALUE) {
      throw new BadInput(
          "the tokenizer gives the id %d, which no network has; fetch it again".formatted(id));
    }
    return (int) id;
  }

  /// Where each code point begins in Java's characters: the library counts code points.
  private static int[] utf16(String text) {
    var places = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 1; i < places.length; i++) {
      places[i] = text.offsetByCodePoints(places[i - 1], 1);
    }
    return places;
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
