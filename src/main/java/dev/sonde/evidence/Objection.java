package dev.sonde.evidence;

/// Something a hard reviewer would say about a number, found by looking at the data.
///
/// `kind` is a short name for machines (`duplicates`), `message` one line for people that says what
/// was found and what would remove it, `figure` the number behind it.
public record Objection(String kind, Weight weight, double figure, String message) {
  /// How much it should worry.
  public enum Weight {
    /// The number cannot be believed as it stands.
    SERIOUS,
    /// The number can be believed, but does not show what it seems to.
    NOTABLE
  }
}
