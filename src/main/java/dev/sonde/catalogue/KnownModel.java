package dev.sonde.catalogue;

/// A real model that can be named: what it is, where it comes from, how large it is. `bytes` is the
/// size of the download.
public record KnownModel(
    String name,
    String family,
    long parameters,
    long bytes,
    String licence,
    String source,
    Conversion conversion) {

  /// Turns what was downloaded into a model folder.
  @FunctionalInterface
  public interface Conversion {
    void convert(
        java.nio.file.Path artifact, java.nio.file.Path folder, dev.sonde.io.Progress progress)
        throws java.io.IOException;
  }
}
