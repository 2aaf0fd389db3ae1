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
import java.util.Optional;
import java.util.Set;

/// Vision transformer. Dosovitskiy et al., *An Image is Worth 16x16 Words* (2021): an image is cut
/// into patches, each turned into a token by one matrix; a class token stands before them; serial
/// blocks with norms before the sublayers.
///
/// `token_embed` is the row of each patch (the class token first), `logits` the class scores read
/// off each token: those of the first token are the network's answer.
final class Vit implements Family {
  private final Architecture shape;
  private final ImageShape image;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor classToken;
  private final Tensor places;
  private final Dense patches;
  private final Norm last;
  private final List<Dense> head;

  private Vit(ModelConfig config, Weights all, Parts parts) {
    var size = config.pair("image_size", 224);
    var patch = config.pair("patch_size", 16);
    image =
        new ImageShape(
            config.integer("num_channels", 3),
            size.getFirst(),
            size.getLast(),
            patch.getFirst(),
            patch.getLast());
    int classes = all.has("classifier.bias") ? classes(config) : 1;
    shape = shape(config, classes, image.count() + 1);
    var weights = Parts.under(all, "vit.", "embeddings.cls_token");
    int d = shape.dModel();
    double eps = config.number("layer_norm_eps", 1e-12);
    classToken = weights.get("embeddings.cls_token", 1, 1, d);
    places = weights.get("embeddings.position_embeddings", 1, image.count() + 1, d);
    var own = "embeddings.patch_embeddings.projection";
    var kernel = weights.get(own + ".weight", d, image.channels(), image.high(), image.wide());
    patches =
        Dense.of(
            Lasting.tensor(() -> kernel.reshape(d, image.patch())),
            weights.get(own + ".bias", d),
            parts.kernels());
    var activation = Activation.named(config.text("hidden_act", "gelu"));
    for (int l = 0; l < shape.layers(); l++) {
      blocks.add(block(weights, "encoder.layer." + l + ".", eps, activation, parts));
    }
    last = Norm.Layer.of(weights, "layernorm", d, eps);
    head =
        all.has("classifier.bias")
            ? List.of(parts.dense(all, "classifier", classes, d))
            : List.of();
  }

  static Family of(ModelConfig config, Weights all, Parts parts) {
    return new Vit(config, all, parts);
  }

  /// `num_labels`, or as many as `id2label` names, or two.
  private static int classes(ModelConfig config) {
    return config.has("id2label")
        ? config.nested("id2label").size()
        : config.integer("num_labels", 2);
  }

  private static Architecture shape(ModelConfig config, int classes, int tokens) {
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
        classes,
        tokens,
        false,
        false);
  }

  private Block block(Weights weights, String at, double eps, Activation activation, Parts parts) {
    int d = shape.dModel();
    var self = at + "attention.attention.";
    return new Block.Serial(
        Norm.Layer.of(weights, at + "layernorm_before", d, eps),
        new SelfAttention(
            parts.separate(weights, self, "query", "key", "value", shape),
            SelfAttention.HeadNorms.NONE,
            Rotation.NONE,
            new Attention(shape, 1 / Math.sqrt(shape.dHead())),
            parts.dense(weights, at + "attention.output.dense", d, d)),
        Norm.Layer.of(weights, at + "layernorm_after", d, eps),
        new Mlp(
            parts.dense(weights, at + "intermediate.dense", shape.dMlp(), d),
            activation,
            parts.dense(weights, at + "output.dense", d, shape.dMlp())));
  }

  @Override
  public Architecture architecture() {
    return shape;
  }

  @Override
  public Optional<ImageShape> image() {
    return Optional.of(image);
  }

  @Override
  public Batch example() {
    var numbers = new float[image.numbers()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.sin(i * 0.37);
    }
    return Batch.ofImages(List.of(numbers), image.count() + 1);
  }

  @Override
  public boolean hiddenEndsNormed() {
    return false;
  }

  @Override
  public Set<Place> places() {
    var out = EnumSet.of(Place.EMBED, Place.TOKEN_EMBED, Place.POS_EMBED, Place.LN_FINAL);
    out.addAll(blocks.getFirst().places());
    if (!head.isEmpty()) {
      out.add(Place.LOGITS);
    }
    return out;
  }

  @Override
  public Map<String, Place> reference() {
    return blocks.getFirst().reference();
  }

  @Override
  public Tensor embed(Pass pass) {
    int count = pass.batch().size();
    int high = image.high();
    int wide = image.wide();
    int d = shape.dModel();
    var cut =
        pass.batch()
            .images(image.channels(), image.height(), image.width())
            .to(classToken.type())
            .narrow(2, 0, (long) image.down() * high)
            .narrow(3, 0, (long) image.across() * wide)
            .reshape(count, image.channels(), image.down(), high, image.across(), wide)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape((long) count * image.count(), image.patch());
    var rows = patches.apply(cut).reshape(count, image.count(), d);
    var first = classToken.plus(rows.narrow(1, 0, 1).times(0));
    var token = Tensor.cat(1, List.of(first, rows)).reshape((long) count * shape.context(), d);
    token = pass.at(Place.TOKEN_EMBED, token);
    var place = places.reshape(shape.context(), d);
    var ids = pass.batch().positions(0);
    return pass.at(
        Place.EMBED, Nn.wide(token).plus(pass.at(Place.POS_EMBED, Nn.embedding(place, ids))));
  }

  @Override
  public Tensor block(int layer, Tensor resid, Pass pass) {
    return blocks.get(layer).apply(layer, resid, pass);
  }

  @Override
  public void finish(Tensor resid, Pass pass) {
    var normed = pass.at(Place.LN_FINAL, last.apply(resid));
    if (pass.watches(Place.LOGITS)) {
      var _ = pass.at(Place.LOGITS, head.getFirst().apply(normed));
    }
  }
}
