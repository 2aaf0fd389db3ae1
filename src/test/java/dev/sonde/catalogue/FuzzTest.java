package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sonde.Resident;
import dev.sonde.chat.ChatTemplate;
import dev.sonde.chat.Message;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Scope;
import dev.sonde.token.Tokenizer;
import dev.sonde.weights.Gguf;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged files of every kind: each is read, or refused with one [BadInput] of one line, within
/// the file's size and 64 MiB of heap, and the process keeps nothing of it. `-Dsonde.fuzz=10000`
/// for the long run, `-Dsonde.fuzz.seed` for another one.
final class FuzzTest {
  private static final int COUNT = Integer.getInteger("sonde.fuzz", 300);
  private static final long SEED = Long.getLong("sonde.fuzz.seed", 20260727);
  private static final long ROOM = 64L << 20;

  /// From this many cases on memory is measured; a measure takes as long as a dozen cases.
  private static final int MEASURED = 100;

  private static final ThreadMXBean HEAP = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder = Path.of("");

  /// Reads what was damaged.
  @FunctionalInterface
  private interface Reading {
    void run() throws IOException;
  }

  @BeforeEach
  void soundFiles() throws IOException {
    var source = Files.write(folder.resolve("sound.gguf"), FuzzFiles.gguf());
    GgufModel.convert(source, folder, Progress.NONE);
    Files.createDirectory(folder.resolve("out"));
  }

  @Test
  void safetensors() throws IOException {
    fuzz("model.safetensors", COUNT, false, this::weights);
  }

  @Test
  void safetensorsHeaders() throws IOException {
    fuzz("model.safetensors", COUNT, true, this::weights);
  }

  @Test
  void shards() throws IOException {
    Files.move(folder.resolve("model.safetensors"), folder.resolve("a.safetensors"));
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {\"a\": \"a.safetensors\", \"b\": \"a.safetensors\"}}");
    fuzz("model.safetensors.index.json", COUNT, true, this::weights);
  }

  private void weights() {
    try (var tensors = SafeTensors.open(folder);
        var scope = Scope.open()) {
      for (var name : tensors.names()) {
        assertThat(tensors.get(name).toString()).isNotNull();
      }
      assertThat(tensors.numbers()).isNotNegative();
      assertThat(tensors.metadata()).isNotNull();
    }
  }

  @Test
  void gguf() throws IOException {
    fuzz("sound.gguf", COUNT, false, this::conversion);
  }

  /// SentencePiece's two kinds of tokenizers, with scores and, for one, a table of characters.
  @Test
  void ggufOfPieces() throws IOException {
    for (var kind : List.of("llama", "t5")) {
      Files.write(folder.resolve("sound.gguf"), FuzzFiles.gguf(kind));
      fuzz("sound.gguf", COUNT / 2, false, this::conversion);
    }
  }

  /// An encoder with WordPiece.
  @Test
  void ggufOfWords() throws IOException {
    Files.write(folder.resolve("sound.gguf"), FuzzFiles.bert());
    fuzz("sound.gguf", COUNT, false, this::conversion);
  }

  /// What is converted can be opened, or is refused.
  private void conversion() throws IOException {
    var file = folder.resolve("sound.gguf");
    var out = folder.resolve("out");
    try (var gguf = Gguf.open(file)) {
      gguf.names().forEach(gguf::floats);
    }
    GgufModel.convert(file, out, Progress.NONE);
    try (var tokenizer = Tokenizer.open(out);
        var model = Model.open(out, new Kernels(true, true, true, true))) {
      assertThat(tokenizer.encode("ab b").size()).isNotNegative();
      assertThat(model.points()).isNotEmpty();
    }
  }

  /// What a conversion writes, and one of every kind that the library knows.
  @Test
  void tokenizers() throws IOException {
    fuzz("tokenizer.json", COUNT / 2, true, this::tokens);
    for (var kind : List.of("bytes", "pieces", "unigram", "table", "wordpiece")) {
      var sound = Path.of("src/test/resources/tokenizers", kind + ".json");
      Files.copy(sound, folder.resolve("tokenizer.json"), StandardCopyOption.REPLACE_EXISTING);
      fuzz("tokenizer.json", COUNT / 2, true, this::tokens);
    }
  }

  @Test
  void vocabularies() throws IOException {
    Files.delete(folder.resolve("tokenizer.json"));
    Files.writeString(
        folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##b\n");
    fuzz("vocab.txt", COUNT, false, this::tokens);
    fuzz("tokenizer_config.json", COUNT, true, this::tokens);
  }

  private void tokens() {
    try (var tokenizer = Tokenizer.open(folder)) {
      var tokens = tokenizer.encode("ab <s> é\uD83D\uDE00 b");
      assertThat(tokens.size()).isNotNegative();
      assertThat(tokenizer.decode(tokens.ids())).isNotNull();
    }
  }

  @Test
  void configurations() throws IOException {
    fuzz("config.json", COUNT, true, this::model);
  }

  /// Of every family.
  @Test
  void configurationsOfFamilies() throws IOException {
    List<Path> cases;
    try (var all = Files.list(Path.of("src/test/resources/configurations"))) {
      cases = all.filter(Files::isDirectory).sorted().toList();
    }
    for (var one : cases) {
      for (var name : List.of("config.json", "model.safetensors")) {
        Files.copy(one.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
      fuzz("config.json", Math.max(20, COUNT / cases.size()), true, this::model);
    }
  }

  private void model() {
    try (var model = Model.open(folder, new Kernels(true, true, true, true))) {
      assertThat(model.points()).isNotEmpty();
    }
  }

  @Test
  void chatTemplates() throws IOException {
    fuzz("tokenizer_config.json", COUNT, true, this::chat);
    for (var family : List.of("llama-3.1", "qwen-3", "gemma-3", "mistral-nemo")) {
      var template = Path.of("src/test/resources/chat", family + ".jinja");
      Files.copy(template, folder.resolve("chat_template.jinja"));
      fuzz("chat_template.jinja", COUNT / 2, true, this::chat);
      Files.delete(folder.resolve("chat_template.jinja"));
    }
  }

  private void chat() {
    var messages = List.of(new Message("user", " a "), new Message("assistant", "b"));
    assertThat(ChatTemplate.open(folder).render(messages).turns()).hasSize(2);
  }

  private void fuzz(String name, int count, boolean text, Reading reading) throws IOException {
    var file = folder.resolve(name);
    var sound = Files.readAllBytes(file);
    reading.run();
    var wrong = new TreeMap<String, String>();
    var resident = new Resident(count);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      var random = new Seed(SEED).forPurpose(name, i).generator();
      Files.write(file, new Mutation(random).of(sound, text));
      refused += attempt(reading, Files.size(file), "seed %d, case %d".formatted(SEED, i), wrong);
      if (count >= MEASURED) {
        resident.after(i);
      }
    }
    Files.write(file, sound);
    System.out.printf(
        "fuzz %s: seed %d, %d cases, %d refused, %s%n", name, SEED, count, refused, resident);
    assertThat(wrong).isEmpty();
    resident.mustNotHaveGrown();
    assertThat(refused).isGreaterThan(count / 10);
  }

  private static int attempt(Reading reading, long size, String at, Map<String, String> wrong) {
    long before = HEAP.getCurrentThreadAllocatedBytes();
    int refused = 0;
    try {
      reading.run();
    } catch (BadInput e) {
      refused = 1;
      var said = String.valueOf(e.getMessage());
      if (said.isBlank() || said.lines().count() > 1 || said.length() > 3000) {
        wrong.putIfAbsent("message " + where(e), at + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      wrong.putIfAbsent(e.getClass().getName() + " " + where(e), at + ": " + e.getMessage());
    }
    long used = HEAP.getCurrentThreadAllocatedBytes() - before;
    if (used > size + ROOM) {
      wrong.putIfAbsent("heap", "%s: %,d bytes for a file of %,d".formatted(at, used, size));
    }
    return refused;
  }

  /// The first place of this project in a stack trace.
  private static String where(Throwable e) {
    for (var frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("dev.sonde.")) {
        return frame.toString();
      }
    }
    return "nowhere";
  }
}
