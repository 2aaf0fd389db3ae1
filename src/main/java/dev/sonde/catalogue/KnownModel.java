package dev.sonde.catalogue;

/// A real model that can be named: what it is, where it comes from, how large it is. `bytes` is the
/// size of the download. The hub's models carry the hub's names, and their last part will do.
public record KnownModel(
    String name,
    String family,
    long parameters,
    long bytes,
    String licence,
    String source,
    Conversion conversion) {

  static final String HUB = "https://huggingface.co/";

  /// A model of the hub: its files are taken as they are.
  static KnownModel ofHub(String name, String family, long parameters, long bytes, String licence) {
    return new KnownModel(
        name,
        family,
        parameters,
        bytes,
        licence,
        HUB + name,
        (artifact, folder, progress) -> {
          throw new IllegalStateException("nothing is converted");
        });
  }

  boolean ofHub() {
    return source.startsWith(HUB);
  }

  /// Whether this is what a person means; a name with a folder in it may be a path.
  boolean isMeantBy(String text) {
    return text.equalsIgnoreCase(name.substring(name.lastIndexOf('/') + 1));
  }

  /// Turns what was downloaded into a model folder. Returns the digests of files that it knows
  /// already, by their names.
  @FunctionalInterface
  public interface Conversion {
    java.util.Map<String, dev.sonde.provenance.Digest> convert(
        java.nio.file.Path artifact, java.nio.file.Path folder, dev.sonde.io.Progress progress)
        throws java.io.IOException;
  }
}
