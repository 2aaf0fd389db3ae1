package dev.sonde.catalogue;

import dev.sonde.provenance.Seed;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A BERT of two layers and 32 dimensions, made from a seed: for what needs a network but no
/// particular one, as tests and the rehearsal that fills the start-up cache do.
public final class TinyBert {
  public static final int WIDTH = 32;
  public static final int LAYERS = 2;
  public static final int CONTEXT = 40;

  private TinyBert() {}

  /// Writes the folder; words of `texts` become the vocabulary.
  public static Path write(Path folder, Seed seed, List<String> texts) {
    try {
      Files.createDirectories(folder);
      var words = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
      texts.stream()
          .flatMap(t ->
              List.of(t.toLowerCase(java.util.Locale.ROOT).split("(?=[^\\p{L}\\p{N}])|\\s+"))
                  .stream())
          .map(String::strip)
          .filter(w -> !w.isEmpty())
          .distinct()
          .forEach(words::add);
      Files.write(folder.resolve("vocab.txt"), words);
      Files.writeString(
          folder.resolve("config.json"),
          """
          {"model_type": "bert", "architectures": ["BertModel"], "hidden_size": %d,
           "num_hidden_layers": %d, "num_attention_heads": 4, "intermediate_size": 64,
           "hidden_act": "gelu", "vocab_size": %d, "max_position_embeddings": %d,
           "type_vocab_size": 2, "layer_norm_eps": 1e-12}
          """
              .formatted(WIDTH, LAYERS, words.size(), CONTEXT));
      weights(seed.generator(), words.size()).write(folder.resolve("model.safetensors"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SafeTensorsFile weights(SplittableRandom random, int words) {
    var file = new SafeTensorsFile();
    matrix(file, random, "embeddings.word_embeddings.weight", words, WIDTH);
    matrix(file, random, "embeddings.position_embeddings.weight", CONTEXT, WIDTH);
    matrix(file, random, "embeddings.token_type_embeddings.weight", 2, WIDTH);
    norm(file, "embeddings.LayerNorm");
    for (int l = 0; l < LAYERS; l++) {
      var at = "encoder.layer." + l + ".";
      for (var part : List.of("query", "key", "value")) {
        dense(file, random, at + "attention.self." + part, WIDTH, WIDTH);
      }
      dense(file, random, at + "attention.output.dense", WIDTH, WIDTH);
      norm(file, at + "attention.output.LayerNorm");
      dense(file, random, at + "intermediate.dense", 64, WIDTH);
      dense(file, random, at + "output.dense", WIDTH, 64);
      norm(file, at + "output.LayerNorm");
    }
    return file;
  }

  private static void dense(
      SafeTensorsFile file, SplittableRandom random, String name, int out, int in) {
    matrix(file, random, name + ".weight", out, in);
    file.with(name + ".bias", new float[out], out);
  }

  private static void matrix(
      SafeTensorsFile file, SplittableRandom random, String name, int rows, int cols) {
    var values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * 0.3);
    }
    file.with(name, values, rows, cols);
  }

  private static void norm(SafeTensorsFile file, String name) {
    var ones = new float[WIDTH];
    java.util.Arrays.fill(ones, 1);
    file.with(name + ".weight", ones, WIDTH).with(name + ".bias", new float[WIDTH], WIDTH);
  }
}
