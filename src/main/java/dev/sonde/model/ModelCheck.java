package dev.sonde.model;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a model checks when it is opened, on one short text: its own sums, in norm and not only in
/// direction; that patterns are probabilities; that an edit that adds nothing changes nothing and
/// one that adds something does. A wrong mapping of weights becomes an error at the door.
final class ModelCheck {
  private static final double SOUND = 1e-4;

  /// A few roundings to the 8 bits that bfloat16 has.
  private static final double SOUND_IN_BFLOAT16 = 1.0 / 64;

  private ModelCheck() {}

  static void check(Model model) {
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      var shape = model.architecture();
      var batch = model.example();
      for (int l : shape.layers() == 1 ? new int[] {0} : new int[] {0, shape.layers() - 1}) {
        sums(model, batch, l);
      }
      edits(model, batch);
    }
  }

  private static void sums(Model model, Batch batch, int l) {
    boolean normLast = model.architecture().normLast();
    var all = model.points();
    var pre = Point.of(Place.RESID_PRE, l);
    var attn = Point.of(Place.ATTN_OUT, l);
    var between = Point.of(Place.RESID_MID, l);
    var mlp = Point.of(Place.MLP_OUT, l);
    var post = Point.of(normLast ? Place.RESID_POST_SUM : Place.RESID_POST, l);
    var pattern = Point.of(Place.PATTERN, l);
    var read = new ArrayList<>(List.of(pre, attn, mlp, post, pattern));
    boolean serial = all.contains(between);
    var mid = Point.of(normLast ? Place.RESID_MID_SUM : Place.RESID_MID, l);
    if (serial) {
      read.addAll(normLast ? List.of(mid, between) : List.of(between));
    }
    var taps = model.read(batch, read);
    var start = taps.of(pre, 0);
    if (serial) {
      same(mid + " = resid_pre + attn_out", taps.of(mid, 0), start.plus(taps.of(attn, 0)));
      start = taps.of(between, 0);
    } else {
      start = start.plus(taps.of(attn, 0));
    }
    same(post + " = what it started from + mlp_out", taps.of(post, 0), start.plus(taps.of(mlp, 0)));
    var rows = taps.of(pattern, 0).sum(2);
    same("rows of " + pattern + " sum to 1", rows, rows.times(0).plus(1));
  }

  private static void edits(Model model, Batch batch) {
    var shape = model.architecture();
    var site = Point.residPost(0);
    var end = Point.residPost(shape.layers() - 1);
    var direction = new float[shape.dModel()];
    var random = new dev.sonde.provenance.Seed(1).forPurpose("model check").generator();
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    var plain = model.read(batch, List.of(end)).of(end, 0);
    var add = Tensor.of(direction, direction.length);
    var none = model.read(batch, List.of(end), Map.of(site, new Edit.Add(0, add))).of(end, 0);
    same("adding nothing at " + site + " changes nothing", none, plain);
    var some = model.read(batch, List.of(end), Map.of(site, new Edit.Add(1, add))).of(end, 0);
    if (some.minus(plain).abs().max().item() == 0) {
      throw new BadInput(
          "the model fails its own check: an edit at %s has no effect on %s; are the weights damaged?"
              .formatted(site, end));
    }
  }

  private static void same(String law, Tensor found, Tensor expected) {
    double scale = expected.abs().max().item();
    double off = found.minus(expected).abs().max().item();
    double sound = found.type() == DType.BFLOAT16 ? SOUND_IN_BFLOAT16 : SOUND;
    if (!(off <= sound * Math.max(scale, 1e-30))) {
      throw new BadInput(
          "the model fails its own check: %s is off by %.1e of its scale; are the weights damaged?"
              .formatted(law, off / scale));
    }
  }
}
