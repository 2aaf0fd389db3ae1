package dev.sonde.study;

/// The version that findings carry.
final class Version {
  static final String VALUE =
      java.util.Objects.requireNonNullElse(
          Version.class.getPackage().getImplementationVersion(), "0.1.0-dev");

  private Version() {}
}
