package dev.sonde.cli;

import tools.jackson.databind.JsonNode;

/// What a study's results say of a check.
final class Lights {
  private Lights() {}

  /// The colour of a light by its check's name, or `none`.
  static String colour(JsonNode results, String check) {
    for (var light : results.path("verdict").path("lights")) {
      if (light.path("check").asString("").equals(check)) {
        return light.path("colour").asString("");
      }
    }
    return "none";
  }
}
