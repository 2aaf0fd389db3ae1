package dev.sonde.model;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Hook;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Operation;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/// Interventions on one network, as hooks of a batch: which rows and heads each of them changes.
///
/// Several at one point act in their order. What is not chosen passes to the bit. Positions are
/// those of the text, of the prompt where it is being continued; a batch of which an intervention
/// chooses nothing gets no hook of it.
record Interventions(List<Intervention> list) {
  /// @throws BadInput for a point or a head that the network lacks
  static Interventions of(Model model, List<Intervention> list) {
    list.forEach(edit -> mustFit(model, edit));
    return new Interventions(List.copyOf(list));
  }

  /// The same change of every row.
  static Interventions of(Model model, Map<Point, Edit> edits) {
    var list = new ArrayList<Intervention>();
    edits.forEach((point, edit) ->
        list.add(Intervention.everywhere(point, new Operation.Custom("edit", edit::apply))));
    return of(model, list);
  }

  private static void mustFit(Model model, Intervention edit) {
    model.mustHave(edit.point());
    var shape = model.architecture();
    int heads =
        switch (edit.point().place()) {
          case K, V -> shape.keyValueHeads();
          default -> shape.heads();
        };
    for (int head : edit.heads()) {
      if (head >= heads) {
        throw new BadInput(
            "%s has the heads 0 to %d, not %d".formatted(edit.point(), heads - 1, head));
      }
    }
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  /// Refuses a text of `length` tokens that lacks a position; `end` as in
  /// [dev.sonde.hook.Positions#mustBeIn].
  ///
  /// @throws BadInput with the edit, the text and what it has
  void mustBeIn(int text, int length, int end) {
    for (var edit : list) {
      try {
        edit.positions().mustBeIn(length, end);
      } catch (BadInput e) {
        throw new BadInput(
            "the edit %s cannot be made in text %d: %s".formatted(edit, text + 1, e.getMessage()),
            e);
      }
    }
  }

  /// The hooks of a batch. `lengths`: how many tokens the text (or its prompt) has.
  Map<Point, List<Hook>> hooks(Batch batch, IntUnaryOperator lengths) {
    var out = new HashMap<Point, List<Hook>>();
    for (var edit : list) {
      var chosen = chosen(edit, batch, lengths);
      boolean any = false;
      for (boolean row : chosen) {
        any |= row;
      }
      if (any) {
        out.computeIfAbsent(edit.point(), p -> new ArrayList<>()).add(hook(edit, batch, chosen));
      }
    }
    return out;
  }

  /// Which rows of the batch.
  private static boolean[] chosen(Intervention edit, Batch batch, IntUnaryOperator lengths) {
    var out = new boolean[batch.rows()];
    for (int text = 0; text < batch.size(); text++) {
      int length = lengths.applyAsInt(text);
      for (int i = 0; i < batch.length(text); i++) {
        out[batch.firstRow(text) + i] = edit.positions().covers(batch.past(text) + i, length);
      }
    }
    return out;
  }

  private static Hook hook(Intervention edit, Batch batch, boolean[] chosen) {
    boolean all = edit.heads().isEmpty();
    for (boolean row : chosen) {
      all &= row;
    }
    if (edit.point().place().shape() == Place.Shape.PATTERN) {
      boolean scores = edit.point().place() == Place.SCORES;
      boolean whole = all && edit.operation() instanceof Operation.Custom;
      return (point, value, block) ->
          whole
              ? edit.onAll(value)
              : pattern(edit, batch.blocks().get(block), chosen, value, scores);
    }
    boolean whole = all;
    return (point, value, block) -> {
      var changed = edit.onAll(value);
      return whole ? changed : changed.where(rows(edit, chosen, value), value);
    };
  }

  /// `[token, 1]`, or `[token, head, 1]` for heads.
  private static Tensor rows(Intervention edit, boolean[] chosen, Tensor value) {
    var tokens = truth(chosen);
    if (value.rank() == 2) {
      return tokens.reshape(chosen.length, 1);
    }
    var heads = heads(edit, (int) value.size(1));
    return both(tokens.reshape(chosen.length, 1, 1), heads.reshape(1, value.size(1), 1));
  }

  /// What a token does not see stays unseen: scores of minus infinity, probabilities of 0.
  private static Tensor pattern(
      Intervention edit, Batch.Block block, boolean[] chosen, Tensor value, boolean scores) {
    var own = Arrays.copyOfRange(chosen, block.first(), block.first() + block.rows());
    var queries = truth(own).reshape(block.texts(), 1, block.length(), 1);
    var heads = heads(edit, (int) value.size(1)).reshape(1, value.size(1), 1, 1);
    var seen = value.detach().greaterThan(scores ? Double.NEGATIVE_INFINITY : 0);
    return edit.onAll(value).where(both(both(queries, heads), seen), value);
  }

  private static Tensor heads(Intervention edit, int count) {
    var out = new boolean[count];
    Arrays.fill(out, edit.heads().isEmpty());
    edit.heads().forEach(head -> out[head] = true);
    return truth(out);
  }

  private static Tensor both(Tensor a, Tensor b) {
    return a.times(b);
  }

  private static Tensor truth(boolean[] values) {
    var out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i] ? 1 : 0;
    }
    return Tensor.of(out, out.length).greaterThan(0.5);
  }
}
