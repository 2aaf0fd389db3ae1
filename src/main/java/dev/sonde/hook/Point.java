package dev.sonde.hook;

import dev.sonde.io.BadInput;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A place in a network: `resid_post.5`, `embed`. Layers count from zero; -1 for places outside the
/// blocks.
///
/// Parses both short names and TransformerLens' (`blocks.5.hook_resid_post`,
/// `blocks.5.attn.hook_z`).
public record Point(Place place, int layer) implements Comparable<Point> {
  private static final Pattern BRIEF = Pattern.compile("([a-z_]+)(?:\\.(\\d{1,4}))?");
  private static final Pattern LENS = Pattern.compile("blocks\\.(\\d{1,4})\\.(.+)");

  public Point {
    if (place.perLayer() ? layer < 0 : layer != -1) {
      throw new IllegalArgumentException(
          place.perLayer()
              ? place.brief()
                  + " is a place of a block: give its layer, as in "
                  + place.brief()
                  + ".0"
              : place.brief() + " is outside the blocks and has no layer");
    }
  }

  public static Point of(Place place, int layer) {
    return new Point(place, layer);
  }

  public static Point of(Place place) {
    return new Point(place, -1);
  }

  public static Point residPost(int layer) {
    return of(Place.RESID_POST, layer);
  }

  /// @throws BadInput for a name that is none
  public static Point parse(String name) {
    var lens = LENS.matcher(name);
    if (lens.matches()) {
      return of(place(lens.group(2), name), Integer.parseInt(lens.group(1)));
    }
    var brief = BRIEF.matcher(name);
    if (brief.matches()) {
      var place = place(brief.group(1), name);
      if (place.perLayer() == (brief.group(2) != null)) {
        return place.perLayer() ? of(place, Integer.parseInt(brief.group(2))) : of(place);
      }
      throw new BadInput(
          place.perLayer()
              ? "point '%s' needs a layer, as in %s.0".formatted(name, place.brief())
              : "point '%s' has no layer: write %s".formatted(name, place.brief()));
    }
    return of(place(name, name));
  }

  private static Place place(String part, String whole) {
    return Place.named(part)
        .orElseThrow(() ->
            new BadInput(
                "'%s' is no point; points are %s (with a layer: resid_post.5 or blocks.5.hook_resid_post)"
                    .formatted(
                        whole,
                        Arrays.stream(Place.values())
                            .map(Place::brief)
                            .collect(Collectors.joining(", ")))));
  }

  @Override
  public int compareTo(Point other) {
    int byLayer = Integer.compare(order(), other.order());
    return byLayer != 0 ? byLayer : place.compareTo(other.place);
  }

  private int order() {
    return place == Place.LN_FINAL || place == Place.LOGITS ? Integer.MAX_VALUE : layer;
  }

  @Override
  public String toString() {
    return layer < 0 ? place.brief() : place.brief() + "." + layer;
  }
}
