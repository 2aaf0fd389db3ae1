package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What each family's weights look like before training: means and spreads of 40,000 numbers, which
/// lie within 4 standard errors (1.5 %) of the rule.
final class InitialTest {
  private static final int ROWS = 200;
  private static final int WIDTH = 200;

  /// A file that has every weight.
  private record All() implements Weights {
    @Override
    public DType type() {
      return DType.FLOAT32;
    }

    @Override
    public Tensor get(String name, long... shape) {
      throw new AssertionError("an untrained twin reads no weight");
    }

    @Override
    public Tensor wide(String name, long... shape) {
      return get(name, shape);
    }

    @Override
    public boolean has(String name) {
      return true;
    }
  }

  private static UntrainedWeights of(String config) {
    var parsed = Families.complete(ModelConfig.parse("config.json", config));
    var rule = Families.initial(parsed);
    return new UntrainedWeights(new All(), new Seed(3), name -> rule.of(name, parsed));
  }

  private static float[] drawn(String config, String name) {
    try (var scope = Scope.open()) {
      return of(config).get(name, ROWS, WIDTH).toFloats();
    }
  }

  private static double spread(float[] numbers) {
    double sum = 0;
    double squares = 0;
    for (float x : numbers) {
      sum += x;
      squares += (double) x * x;
    }
    double mean = sum / numbers.length;
    double std = Math.sqrt(squares / numbers.length - mean * mean);
    assertThat(mean).isCloseTo(0, within(4 * std / Math.sqrt(numbers.length)));
    return std;
  }

  private static void spreads(String config, String name, double std) {
    assertThat(spread(drawn(config, name))).as(name).isCloseTo(std, within(0.015 * std));
  }

  private static boolean zeroRow(String config, String name, int row) {
    var numbers = drawn(config, name);
    var own = Arrays.copyOfRange(numbers, row * WIDTH, (row + 1) * WIDTH);
    return Arrays.equals(own, new float[WIDTH]);
  }

  @Test
  void gpt2NarrowsWhatWritesToTheStreamAndGptNeoDoesNot() {
    var two = "{\"model_type\": \"gpt2\", \"n_layer\": 8}";
    spreads(two, "h.0.attn.c_proj.weight", 0.02 / 4);
    spreads(two, "h.7.mlp.c_proj.weight", 0.02 / 4);
    spreads(two, "h.0.attn.c_attn.weight", 0.02);
    spreads(two, "wte.weight", 0.02);
    spreads("{\"model_type\": \"gpt_neo\", \"num_layers\": 8}", "h.0.mlp.c_proj.weight", 0.02);
  }

  @Test
  void theSpreadIsTheConfigurations() {
    var wide = "{\"model_type\": \"gpt_neox\", \"initializer_range\": 0.5}";
    spreads(wide, "layers.0.attention.dense.weight", 0.5);
    spreads("{\"model_type\": \"opt\", \"init_std\": 0.006}", "layers.0.fc1.weight", 0.006);
    spreads("{\"model_type\": \"llama\", \"initializer_range\": 0}", "lm_head.weight", 0.02);
    spreads("{\"model_type\": \"mixtral\"}", "layers.0.block_sparse_moe.gate.weight", 0.02);
    spreads("{\"model_type\": \"vit\"}", "embeddings.position_embeddings", 0.02);
  }

  /// Padding tokens have no embedding, where the reference gives its table a padding row.
  @Test
  void paddingRowsAreZeroWhereThereAreSome() {
    var words = "model.embed_tokens.weight";
    assertThat(zeroRow("{\"model_type\": \"llama\", \"pad_token_id\": 7}", words, 7)).isTrue();
    assertThat(zeroRow("{\"model_type\": \"llama\", \"pad_token_id\": 7}", words, 6)).isFalse();
    assertThat(zeroRow("{\"model_type\": \"llama\"}", words, 0)).isFalse();
    assertThat(zeroRow("{\"model_type\": \"opt\"}", words, 1)).isTrue();
    assertThat(zeroRow("{\"model_type\": \"gemma2\"}", words, 0)).isTrue();
    var bloom = "{\"model_type\": \"bloom\", \"pad_token_id\": 3}";
    assertThat(zeroRow(bloom, "word_embeddings.weight", 3)).isFalse();
    var places = "embeddings.position_embeddings.weight";
    assertThat(zeroRow("{\"model_type\": \"roberta\"}", places, 1)).isTrue();
    assertThat(zeroRow("{\"model_type\": \"bert\"}", places, 0)).isFalse();
    assertThat(zeroRow("{\"model_type\": \"bert\"}", "embeddings.word_embeddings.weight", 0))
        .isTrue();
  }

  /// Cut at two deviations a normal has 0.8796 of its spread.
  @Test
  void modernBertCutsWhatIsFarOut() {
    var config = "{\"model_type\": \"modernbert\", \"num_hidden_layers\": 8, \"pad_token_id\": 5}";
    spreads(config, "layers.0.attn.Wqkv.weight", 0.8796 * 0.02);
    spreads(config, "layers.0.mlp.Wo.weight", 0.8796 * 0.02 / 4);
    spreads(config, "head.dense.weight", 0.8796 * 0.02 / 4);
    for (float x : drawn(config, "layers.0.attn.Wqkv.weight")) {
      assertThat(Math.abs(x)).isLessThanOrEqualTo(0.04f);
    }
    assertThat(zeroRow(config, "embeddings.tok_embeddings.weight", 5)).isFalse();
  }

  @Test
  void distilBertCountsWithWavesIfAsked() {
    var config = "{\"model_type\": \"distilbert\", \"sinusoidal_pos_embds\": true}";
    var waves = drawn(config, "embeddings.position_embeddings.weight");
    assertThat(waves[0]).isZero();
    assertThat(waves[1]).isEqualTo(1);
    assertThat(waves[3 * WIDTH]).isCloseTo((float) Math.sin(3), within(1e-6f));
    double slower = 3 / Math.pow(10000, 10.0 / WIDTH);
    assertThat(waves[3 * WIDTH + 11]).isCloseTo((float) Math.cos(slower), within(1e-6f));
    spreads("{\"model_type\": \"distilbert\"}", "embeddings.position_embeddings.weight", 0.02);
  }

  @Test
  void biasesAreZeroAndNormsChangeNothing() {
    try (var scope = Scope.open()) {
      var weights = of("{\"model_type\": \"falcon\"}");
      assertThat(weights.get("h.0.mlp.dense_h_to_4h.bias", 9).toFloats()).containsOnly(0);
      assertThat(weights.gain("ln_f.weight", 1, 9).toFloats()).containsOnly(1);
      assertThat(weights.gain("norm.weight", 0, 9).toFloats()).containsOnly(0);
    }
  }
}
