package dev.sonde.activation;

import dev.sonde.hook.Point;

/// A point read at a position: what one matrix of activations holds.
public record Site(Point point, Position position) {
  @Override
  public String toString() {
    return point + "@" + position.brief();
  }
}
