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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
      var layers = shape.layers() == 1 ? List.of(0) : List.of(0, shape.layers() - 1);
      var end = Point.residPost(shape.layers() - 1);
      var read = new LinkedHashSet<>(List.of(end));
      layers.forEach(l -> read.addAll(Sums.of(model, l).points()));
      var taps = model.read(batch, read);
      layers.forEach(l -> Sums.of(model, l).mustHold(taps));
      edits(model, batch, read, taps.of(end, 0));
    }
  }

  /// The points of a layer whose sums are told: of serial blocks the stream before, between and
  /// after them; of parallel ones both ends.
  private record Sums(int layer, boolean serial, boolean normLast) {
    static Sums of(Model model, int l) {
      boolean serial = model.points().contains(Point.of(Place.RESID_MID, l));
      return new Sums(l, serial, model.architecture().normLast());
    }

    private Point at(Place place) {
      return Point.of(place, layer);
    }

    private Point mid() {
      return at(normLast ? Place.RESID_MID_SUM : Place.RESID_MID);
    }

    private Point post() {
      return at(normLast ? Place.RESID_POST_SUM : Place.RESID_POST);
    }

    List<Point> points() {
      var out = new ArrayList<Point>();
      for (var place : List.of(Place.RESID_PRE, Place.ATTN_OUT, Place.MLP_OUT, Place.PATTERN)) {
        out.add(at(place));
      }
      out.add(post());
      if (serial) {
        out.addAll(List.of(mid(), at(Place.RESID_MID)));
      }
      return out;
    }

    void mustHold(Taps taps) {
      var start = taps.of(at(Place.RESID_PRE), 0).plus(taps.of(at(Place.ATTN_OUT), 0));
      if (serial) {
        same(mid() + " = resid_pre + attn_out", taps.of(mid(), 0), start);
        start = taps.of(at(Place.RESID_MID), 0);
      }
      var end = start.plus(taps.of(at(Place.MLP_OUT), 0));
      same(post() + " = what it started from + mlp_out", taps.of(post(), 0), end);
      var rows = taps.of(at(Place.PATTERN), 0).sum(2);
      same("rows of " + at(Place.PATTERN) + " sum to 1", rows, rows.times(0).plus(1));
    }
  }

  /// `plain`: the end of the network without edits, read beside `read`, as those with edits are:
  /// what is watched decides which kernels run.
  private static void edits(Model model, Batch batch, Set<Point> read, Tensor plain) {
    var shape = model.architecture();
    var site = Point.residPost(0);
    var end = Point.residPost(shape.layers() - 1);
    var direction = new float[shape.dModel()];
    var random = new dev.sonde.provenance.Seed(1).forPurpose("model check").generator();
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
    }
    var add = Tensor.of(direction, direction.length);
    var none = model.read(batch, read, Map.of(site, new Edit.Add(0, add))).of(end, 0);
    same("adding nothing at " + site + " changes nothing", none, plain);
    var some = model.read(batch, read, Map.of(site, new Edit.Add(1, add))).of(end, 0);
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
