package dev.sonde.model;

/// What an image is cut into: `down * across` patches of `channels * high * wide` numbers; what is
/// left over at its lower and right edge is not seen.
public record ImageShape(int channels, int height, int width, int high, int wide) {
  /// Patches.
  public int count() {
    return down() * across();
  }

  public int down() {
    return height / high;
  }

  public int across() {
    return width / wide;
  }

  /// Of the whole image.
  public int numbers() {
    return channels * height * width;
  }

  /// Of one patch.
  int patch() {
    return channels * high * wide;
  }
}
