package dev.sonde.chat;

/// Characters of a text, in Java's UTF-16 units: `from` inclusive, `to` exclusive.
public record Span(int from, int to) {
  public boolean overlaps(int otherFrom, int otherTo) {
    return Math.max(from, otherFrom) < Math.min(to, otherTo);
  }

  public boolean isEmpty() {
    return from >= to;
  }
}
