package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Tensor;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// How attention and MLP of a block share the residual stream. The stream, and what is added to it,
/// is kept in float32 where the numbers of layers have half its bits.
sealed interface Block {
  Tensor apply(int layer, Tensor resid, Pass pass);

  /// The places of such a block.
  Set<Place> places();

  /// What the reference library's modules give out.
  default Map<String, Place> reference() {
    return Map.of("attn_raw", Place.ATTN_OUT, "mlp_raw", Place.MLP_OUT);
  }

  /// One after the other, each with a norm before: `resid_mid = resid_pre + attn(norm(resid_pre))`,
  /// `resid_post = resid_mid + mlp(norm(resid_mid))`.
  record Serial(Norm attnNorm, Sublayer attn, Norm mlpNorm, Sublayer mlp) implements Block {
    @Override
    public Tensor apply(int l, Tensor resid, Pass pass) {
      resid = pass.at(Place.RESID_PRE, l, resid);
      var attnOut = pass.at(Place.ATTN_OUT, l, attn.added(attnNorm.apply(resid), l, pass));
      resid = pass.at(Place.RESID_MID, l, resid.plus(attnOut));
      var mlpOut = pass.at(Place.MLP_OUT, l, mlp.added(mlpNorm.apply(resid), l, pass));
      return pass.at(Place.RESID_POST, l, resid.plus(mlpOut));
    }

    @Override
    public Set<Place> places() {
      return with(attn, mlp, Place.RESID_MID);
    }
  }

  /// Serial, but what a sublayer gives out is normed (`attnAfter`, `mlpAfter`) and multiplied by
  /// `scale` before it is added: `attn_raw` and `mlp_raw` before, `attn_out` and `mlp_out` after.
  record Tempered(
      Norm attnNorm,
      Sublayer attn,
      Norm attnAfter,
      Norm mlpNorm,
      Sublayer mlp,
      Norm mlpAfter,
      double scale)
      implements Block {
    @Override
    public Tensor apply(int l, Tensor resid, Pass pass) {
      resid = pass.at(Place.RESID_PRE, l, resid);
      var attnRaw = pass.at(Place.ATTN_RAW, l, attn.added(attnNorm.apply(resid), l, pass));
      var attnOut = pass.at(Place.ATTN_OUT, l, scaled(attnAfter.apply(attnRaw)));
      resid = pass.at(Place.RESID_MID, l, resid.plus(attnOut));
      var mlpRaw = pass.at(Place.MLP_RAW, l, mlp.added(mlpNorm.apply(resid), l, pass));
      var mlpOut = pass.at(Place.MLP_OUT, l, scaled(mlpAfter.apply(mlpRaw)));
      return pass.at(Place.RESID_POST, l, resid.plus(mlpOut));
    }

    private Tensor scaled(Tensor x) {
      return scale == 1 ? x : x.times(scale);
    }

    @Override
    public Set<Place> places() {
      return with(attn, mlp, Place.RESID_MID, Place.ATTN_RAW, Place.MLP_RAW);
    }

    @Override
    public Map<String, Place> reference() {
      return Map.of("attn_raw", Place.ATTN_RAW, "mlp_raw", Place.MLP_RAW);
    }
  }

  /// Both read the same stream: `resid_post = resid_pre + attn(norm(resid_pre)) +
  /// mlp(norm'(resid_pre))`. There is no `resid_mid`. One norm may serve both.
  record Parallel(Norm attnNorm, Sublayer attn, Norm mlpNorm, Sublayer mlp) implements Block {
    @Override
    public Tensor apply(int l, Tensor resid, Pass pass) {
      resid = pass.at(Place.RESID_PRE, l, resid);
      var forAttn = attnNorm.apply(resid);
      var forMlp = mlpNorm.equals(attnNorm) ? forAttn : mlpNorm.apply(resid);
      var attnOut = pass.at(Place.ATTN_OUT, l, attn.added(forAttn, l, pass));
      var mlpOut = pass.at(Place.MLP_OUT, l, mlp.added(forMlp, l, pass));
      var both = pass.at(Place.BLOCK_OUT, l, mlpOut.plus(attnOut));
      return pass.at(Place.RESID_POST, l, resid.plus(both));
    }

    @Override
    public Set<Place> places() {
      return with(attn, mlp, Place.BLOCK_OUT);
    }
  }

  /// Serial with the norm after each sum: `resid_mid = norm(resid_pre + attn(resid_pre))`, likewise
  /// `resid_post`; the sums themselves are `resid_mid_sum` and `resid_post_sum`.
  record NormLast(Sublayer attn, Norm attnNorm, Sublayer mlp, Norm mlpNorm) implements Block {
    @Override
    public Tensor apply(int l, Tensor resid, Pass pass) {
      resid = pass.at(Place.RESID_PRE, l, resid);
      var attnOut = pass.at(Place.ATTN_OUT, l, attn.added(resid, l, pass));
      var sum = pass.at(Place.RESID_MID_SUM, l, resid.plus(attnOut));
      resid = pass.at(Place.RESID_MID, l, attnNorm.apply(sum));
      var mlpOut = pass.at(Place.MLP_OUT, l, mlp.added(resid, l, pass));
      sum = pass.at(Place.RESID_POST_SUM, l, resid.plus(mlpOut));
      return pass.at(Place.RESID_POST, l, mlpNorm.apply(sum));
    }

    @Override
    public Set<Place> places() {
      return with(attn, mlp, Place.RESID_MID, Place.RESID_MID_SUM, Place.RESID_POST_SUM);
    }
  }

  private static Set<Place> with(Sublayer attn, Sublayer mlp, Place... more) {
    var out = EnumSet.of(Place.RESID_PRE, Place.ATTN_OUT, Place.MLP_OUT, Place.RESID_POST);
    out.addAll(attn.places());
    out.addAll(mlp.places());
    out.addAll(java.util.List.of(more));
    return out;
  }
}
