package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How the Hugging Face hub is reached, and where what it gives is kept.
///
/// @param cache the folder that Python's tools share (`models--org--name` lie in it)
/// @param endpoint the hub's address
/// @param token goes to the endpoint alone; empty: none
/// @param offline only the cache is looked at
/// @param tries how often a request is made before the hub counts as out of reach
/// @param pause before the second try; doubles
/// @param patience how long in all a request waits because the hub says so (429)
/// @param silence after which a transfer counts as broken
public record HubSettings(
    Path cache,
    URI endpoint,
    String token,
    boolean offline,
    int tries,
    Duration pause,
    Duration patience,
    Duration silence) {
  private static final Set<String> YES = Set.of("1", "ON", "YES", "TRUE");

  public HubSettings {
    var scheme = endpoint.getScheme();
    if (!("https".equals(scheme) || "http".equals(scheme)) || endpoint.getHost() == null) {
      throw new BadInput(
          "HF_ENDPOINT should be an address such as https://huggingface.co, not '%s'"
              .formatted(endpoint));
    }
    if (!token.matches("[\\x21-\\x7e]*")) {
      throw new BadInput("the hub's token (HF_TOKEN) has blanks or signs that no token has");
    }
    if (tries < 1 || pause.isNegative() || patience.isNegative() || !silence.isPositive()) {
      throw new BadInput("the hub's settings need at least one try and lengths of time above zero");
    }
  }

  /// The public hub, no token, what is fetched kept in `cache`.
  public static HubSettings in(Path cache) {
    return new HubSettings(
        cache,
        URI.create("https://huggingface.co"),
        "",
        false,
        5,
        Duration.ofSeconds(1),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30));
  }

  /// As the variables of the process say: HF_HUB_CACHE, HF_HOME, HF_TOKEN, HF_ENDPOINT,
  /// HF_HUB_OFFLINE mean what they mean to Python's tools.
  public static HubSettings ofEnvironment() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  static HubSettings of(Map<String, String> environment, Path user) {
    var home =
        value(environment, "HF_HOME")
            .map(Path::of)
            .orElseGet(() ->
                value(environment, "XDG_CACHE_HOME")
                    .map(Path::of)
                    .orElse(user.resolve(".cache"))
                    .resolve("huggingface"));
    var cache =
        value(environment, "HF_HUB_CACHE")
            .or(() -> value(environment, "HUGGINGFACE_HUB_CACHE"))
            .map(Path::of)
            .orElse(home.resolve("hub"));
    var base = in(expanded(cache, user));
    var tokenFile = value(environment, "HF_TOKEN_PATH").map(Path::of).orElse(home.resolve("token"));
    return new HubSettings(
        base.cache,
        value(environment, "HF_ENDPOINT").map(HubSettings::address).orElse(base.endpoint),
        value(environment, "HF_TOKEN").orElseGet(() -> kept(expanded(tokenFile, user))),
        value(environment, "HF_HUB_OFFLINE")
            .or(() -> value(environment, "TRANSFORMERS_OFFLINE"))
            .map(v -> YES.contains(v.toUpperCase(Locale.ROOT)))
            .orElse(false),
        base.tries,
        base.pause,
        base.patience,
        base.silence);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  private static Path expanded(Path path, Path user) {
    return path.startsWith("~") ? user.resolve(Path.of("~").relativize(path)) : path;
  }

  private static URI address(String text) {
    try {
      return URI.create(text.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new BadInput(
          "HF_ENDPOINT should be an address such as https://huggingface.co, not '%s'"
              .formatted(text),
          e);
    }
  }

  /// The token that a login left.
  private static String kept(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      return ""; // as if there were none: the hub says so if one is needed
    }
  }

  /// Without the token.
  @Override
  public String toString() {
    return "HubSettings[cache=%s, endpoint=%s, token %s, offline=%s]"
        .formatted(cache, endpoint, token.isEmpty() ? "none" : "set", offline);
  }
}
