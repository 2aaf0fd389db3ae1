package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// BERT and its kin with the same blocks: BERT, RoBERTa, DistilBERT.
///
/// Devlin et al., *BERT* (2019). The norm stands after the sum: the residual stream that the next
/// sublayer reads is `resid_mid = norm(resid_pre + attn_out)` and `resid_post = norm(resid_mid +
/// mlp_out)`; the sums before the norms are `resid_mid_sum` and `resid_post_sum`. There is no final
/// norm: the masked-word head has a dense layer and a norm of its own.
final class Bert implements Family {
  private final Architecture shape;
  private final Names names;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor words;
  private final Tensor places;
  private final Tensor segment;
  private final int firstPosition;
  private final Norm embedNorm;
  private final Attention attention;
  private final List<Head> head;

  private record Block(
      Dense query, Dense key, Dense value, Dense out, Norm attnNorm, Mlp mlp, Norm mlpNorm) {}

  /// The masked-word head: `decoder(norm(act(dense(x))))`, the decoder tied to the word embeddings.
  private record Head(Dense dense, Activation activation, Norm norm, Dense decoder) {}

  /// What the three families call their weights, and where else they differ.
  private record Names(
      String root,
      String layer,
      String query,
      String key,
      String value,
      String out,
      String attnNorm,
      String up,
      String down,
      String mlpNorm,
      Map<String, Place> reference) {}

  private static final Names BERT =
      new Names(
          "bert.",
          "encoder.layer.",
          ".attention.self.query",
          ".attention.self.key",
          ".attention.self.value",
          ".attention.output.dense",
          ".attention.output.LayerNorm",
          ".intermediate.dense",
          ".output.dense",
          ".output.LayerNorm",
          Map.of("attn_raw", Place.RESID_MID, "mlp_raw", Place.RESID_POST));

  private static final Names DISTILBERT =
      new Names(
          "distilbert.",
          "transformer.layer.",
          ".attention.q_lin",
          ".attention.k_lin",
          ".attention.v_lin",
          ".attention.out_lin",
          ".sa_layer_norm",
          ".ffn.lin1",
          ".ffn.lin2",
          ".output_layer_norm",
          Map.of("attn_raw", Place.ATTN_OUT, "mlp_raw", Place.MLP_OUT));

  private Bert(Setup setup, ModelConfig config, Weights all) {
    shape = setup.shape;
    names = setup.names;
    firstPosition = setup.firstPosition;
    var weights = all.has(names.root + setup.wordsName()) ? all.within(names.root) : all;
    words = weights.get(setup.wordsName(), shape.vocabulary(), shape.dModel());
    places =
        weights.get(
            "embeddings.position_embeddings.weight",
            config.integer("max_position_embeddings"),
            shape.dModel());
    segment = setup.segment(weights, config);
    embedNorm = Norm.Layer.of(weights, "embeddings.LayerNorm", shape.dModel(), setup.eps);
    attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    for (int l = 0; l < shape.layers(); l++) {
      blocks.add(block(weights, names.layer + l, setup));
    }
    head = setup.head(all, words, config.bool("tie_word_embeddings", true));
  }

  /// `BertModel`, `BertForMaskedLM` and other heads over them; `is_decoder` makes it causal.
  static Family bert(ModelConfig config, Weights weights, Parts parts) {
    return encoder(
        config, weights, parts, BERT, 0, "cls.predictions.transform.", "cls.predictions.");
  }

  /// Positions count from `pad_token_id + 1`: Liu et al., *RoBERTa* (2019), as its code has it.
  static Family roberta(ModelConfig config, Weights weights, Parts parts) {
    var names =
        new Names(
            "roberta.",
            BERT.layer,
            BERT.query,
            BERT.key,
            BERT.value,
            BERT.out,
            BERT.attnNorm,
            BERT.up,
            BERT.down,
            BERT.mlpNorm,
            BERT.reference);
    int pad = config.integer("pad_token_id", 1);
    return encoder(config, weights, parts, names, pad + 1, "lm_head.", "lm_head.");
  }

  private static Family encoder(
      ModelConfig config,
      Weights weights,
      Parts parts,
      Names names,
      int first,
      String head,
      String out) {
    config.mustBe("position_embedding_type", "absolute");
    config.mustBe("add_cross_attention", "false");
    var shape = shape(config, first);
    var activation = Activation.named(config.text("hidden_act", "gelu"));
    var norm = names.root.equals("bert.") ? "LayerNorm" : "layer_norm";
    var headNames = new HeadNames(head + "dense", head + norm, out + "bias", out + "decoder");
    return new Bert(
        new Setup(
            shape,
            names,
            parts,
            activation,
            config.number("layer_norm_eps", 1e-12),
            first,
            true,
            headNames),
        config,
        weights);
  }

  private static Architecture shape(ModelConfig config, int first) {
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    return new Architecture(
        config.modelType(),
        config.integer("num_hidden_layers"),
        width,
        heads,
        heads,
        Parts.headWidth(width, heads),
        config.integer("intermediate_size"),
        config.integer("vocab_size"),
        config.integer("max_position_embeddings") - first,
        config.bool("is_decoder", false),
        true);
  }

  /// Sanh et al., *DistilBERT* (2019): no segment embedding, `eps` fixed at 1e-12.
  static Family distilbert(ModelConfig config, Weights weights, Parts parts) {
    int width = config.integer("dim");
    int heads = config.integer("n_heads");
    var shape =
        new Architecture(
            config.modelType(),
            config.integer("n_layers"),
            width,
            heads,
            heads,
            Parts.headWidth(width, heads),
            config.integer("hidden_dim"),
            config.integer("vocab_size"),
            config.integer("max_position_embeddings"),
            false,
            true);
    var head =
        new HeadNames(
            "vocab_transform", "vocab_layer_norm", "vocab_projector.bias", "vocab_projector");
    return new Bert(
        new Setup(
            shape,
            DISTILBERT,
            parts,
            Activation.named(config.text("activation", "gelu")),
            1e-12,
            0,
            false,
            head),
        config,
        weights);
  }

  /// Positions may be sines and cosines.
  static Initial distilbertBegins(String name, ModelConfig config) {
    var padded = Initial.padded(name, config);
    boolean waves =
        config.bool("sinusoidal_pos_embds", false) && name.endsWith("position_embeddings.weight");
    return waves ? padded.asWaves() : padded;
  }

  /// The padding token has a position of its own, 0 too.
  static Initial robertaBegins(String name, ModelConfig config) {
    var padded = Initial.padded(name, config);
    return name.endsWith("position_embeddings.weight") ? padded.withZeroRow(config) : padded;
  }

  private record HeadNames(String dense, String norm, String bias, String decoder) {}

  private record Setup(
      Architecture shape,
      Names names,
      Parts parts,
      Activation activation,
      double eps,
      int firstPosition,
      boolean segments,
      HeadNames headNames) {
    String wordsName() {
      return "embeddings.word_embeddings.weight";
    }

    /// One text is one segment: its row of the segment table, `[d_model]`.
    Tensor segment(Weights weights, ModelConfig config) {
      if (!segments) {
        return Lasting.tensor(() -> Tensor.zeros(weights.type(), shape.dModel()));
      }
      int types = config.integer("type_vocab_size", 2);
      var table = weights.get("embeddings.token_type_embeddings.weight", types, shape.dModel());
      return Lasting.tensor(() -> table.select(0, 0).copy());
    }

    /// The masked-word head, if the file has one.
    List<Head> head(Weights all, Tensor words, boolean tied) {
      if (!all.has(headNames.dense + ".weight")) {
        return List.of();
      }
      var out =
          !tied && all.has(headNames.decoder + ".weight")
              ? all.get(headNames.decoder + ".weight", shape.vocabulary(), shape.dModel())
              : words;
      // an untied head adds its own bias; a tied one shares the other, whichever was saved
      var own = headNames.decoder + ".bias";
      var bias = all.has(own) && (!tied || !all.has(headNames.bias)) ? own : headNames.bias;
      return List.of(
          new Head(
              parts.dense(all, headNames.dense, shape.dModel(), shape.dModel()),
              names.root.equals("distilbert.") || names.root.equals("bert.")
                  ? activation
                  : Activation.GELU,
              Norm.Layer.of(all, headNames.norm, shape.dModel(), eps),
              Dense.of(out, all.get(bias, shape.vocabulary()), parts.kernels())));
    }
  }

  private Block block(Weights weights, String at, Setup setup) {
    int d = shape.dModel();
    var parts = setup.parts;
    return new Block(
        parts.dense(weights, at + names.query, d, d),
        parts.dense(weights, at + names.key, d, d),
        parts.dense(weights, at + names.value, d, d),
        parts.dense(weights, at + names.out, d, d),
        Norm.Layer.of(weights, at + names.attnNorm, d, setup.eps),
        new Mlp(
            parts.dense(weights, at + names.up, shape.dMlp(), d),
            setup.activation,
            parts.dense(weights, at + names.down, d, shape.dMlp())),
        Norm.Layer.of(weights, at + names.mlpNorm, d, setup.eps));
  }

  @Override
  public Architecture architecture() {
    return shape;
  }

  @Override
  public Set<Place> places() {
    var out = EnumSet.allOf(Place.class);
    out.removeAll(
        Set.of(Place.LN_FINAL, Place.ATTN_RAW, Place.MLP_RAW, Place.BLOCK_OUT, Place.ROUTER));
    if (head.isEmpty()) {
      out.remove(Place.LOGITS);
    }
    return out;
  }

  @Override
  public Map<String, Place> reference() {
    return names.reference;
  }

  @Override
  public Tensor embed(Pass pass) {
    var token = pass.at(Place.TOKEN_EMBED, Nn.embedding(words, pass.batch().ids()));
    var position =
        pass.at(Place.POS_EMBED, Nn.embedding(places, pass.batch().positions(firstPosition)));
    return pass.at(Place.EMBED, embedNorm.apply(Nn.wide(token).plus(segment).plus(position)));
  }

  @Override
  public Tensor block(int l, Tensor resid, Pass pass) {
    var block = blocks.get(l);
    resid = pass.at(Place.RESID_PRE, l, resid);
    var attnOut = pass.at(Place.ATTN_OUT, l, Nn.wide(attend(block, l, resid, pass)));
    var sum = pass.at(Place.RESID_MID_SUM, l, resid.plus(attnOut));
    resid = pass.at(Place.RESID_MID, l, block.attnNorm.apply(sum));
    var mlpOut = pass.at(Place.MLP_OUT, l, block.mlp.added(resid, l, pass));
    sum = pass.at(Place.RESID_POST_SUM, l, resid.plus(mlpOut));
    return pass.at(Place.RESID_POST, l, block.mlpNorm.apply(sum));
  }

  private Tensor attend(Block block, int l, Tensor x, Pass pass) {
    var q = Parts.split(block.query.apply(x), shape.heads());
    var k = Parts.split(block.key.apply(x), shape.heads());
    var v = Parts.split(block.value.apply(x), shape.heads());
    return block.out.apply(attention.mix(q, k, v, l, pass));
  }

  @Override
  public void finish(Tensor resid, Pass pass) {
    if (pass.watches(Place.LOGITS)) {
      var h = head.getFirst();
      var hidden = h.norm.apply(h.activation.after(h.dense, resid));
      var _ = pass.at(Place.LOGITS, h.decoder.apply(hidden));
    }
  }
}
