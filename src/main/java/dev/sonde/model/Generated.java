package dev.sonde.model;

import dev.sonde.hook.Point;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A text as a network has continued it.
public final class Generated {
  /// Why nothing more came.
  public enum Ending {
    /// A token that ends texts, which is the last one.
    STOP,
    /// As many tokens as were asked for.
    TOKENS,
    /// As many as the network takes.
    CONTEXT
  }

  private final int[] ids;
  private final int prompt;
  private final Ending ending;
  private final Map<Point, List<float[]>> rows;

  Generated(int[] ids, int prompt, Ending ending, Map<Point, List<float[]>> rows) {
    this.ids = ids;
    this.prompt = prompt;
    this.ending = ending;
    this.rows = rows;
  }

  /// The prompt and what followed.
  public int[] ids() {
    return ids.clone();
  }

  /// How many of [#ids] the prompt has.
  public int prompt() {
    return prompt;
  }

  /// What followed, with the token that ended it.
  public List<Integer> added() {
    return Arrays.stream(ids, prompt, ids.length).boxed().toList();
  }

  public Ending ending() {
    return ending;
  }

  /// The numbers that passed a point, one row for each of [#ids]; heads one after the other.
  ///
  /// @throws IllegalArgumentException for a point that was not asked for
  public List<float[]> rows(Point point) {
    var found = rows.get(point);
    if (found == null) {
      throw new IllegalArgumentException(point + " was not asked for");
    }
    return found.stream().map(float[]::clone).toList();
  }
}
