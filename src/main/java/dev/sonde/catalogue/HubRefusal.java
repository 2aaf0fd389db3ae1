package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpHeaders;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// The hub's noes in words: what was asked, why it is refused, what to do.
final class HubRefusal {
  private HubRefusal() {}

  static BadInput of(int status, HttpHeaders headers, HubClient.Asked asked, HubSettings settings) {
    var code = headers.firstValue("X-Error-Code").orElse("");
    var id = asked.id();
    var hub = settings.endpoint();
    if (status == 404 || code.equals("RepoNotFound")) {
      return new BadInput(missing(code, asked, settings));
    }
    if (status == 401 || status == 403) {
      if (!settings.token().isEmpty() && !code.equals("GatedRepo")) {
        return new BadInput(
            "%s does not let the token in HF_TOKEN read %s (%d): check the token at %s/settings/tokens, and accept the licence at %s/%s if it has one"
                .formatted(hub, id, status, hub, hub, id.repository()));
      }
      return new BadInput(
          "%s is gated or private (%d): accept its licence at %s/%s, and set HF_TOKEN to a token of that account (%s/settings/tokens)"
              .formatted(id, status, hub, id.repository(), hub));
    }
    return new BadInput(
        "%s answers %d to a request for %s of %s; is HF_ENDPOINT a hub?"
            .formatted(hub, status, asked.file().isEmpty() ? "the list" : asked.file(), id));
  }

  private static String missing(String code, HubClient.Asked asked, HubSettings settings) {
    var id = asked.id();
    var hub = settings.endpoint();
    if (code.equals("RevisionNotFound")) {
      return "%s has no revision '%s' at %s; a branch, a tag or a commit of 40 digits is expected"
          .formatted(id.repository(), id.revision(), hub);
    }
    if (!asked.file().isEmpty() && !code.equals("RepoNotFound")) {
      return "%s has no file %s at %s, though it lists it; try again"
          .formatted(id, asked.file(), hub);
    }
    var revision =
        id.revision().equals(HubId.MAIN) ? "" : " with a revision '%s'".formatted(id.revision());
    return "there is no folder '%s' here, and no model of that name%s at %s; check the spelling%s"
        .formatted(
            id.repository(),
            revision,
            hub,
            settings.token().isEmpty() ? ", or set HF_TOKEN if it is private" : "");
  }

  /// How long the hub asks to wait: Retry-After in seconds or as a date, by the hub's own clock.
  static Duration told(HttpHeaders headers, Duration least) {
    var wait =
        headers
            .firstValue("Retry-After")
            .map(String::strip)
            .flatMap(value ->
                value.matches("\\d{1,9}")
                    ? Optional.of(Duration.ofSeconds(Long.parseLong(value)))
                    : between(headers.firstValue("Date"), value))
            .orElse(least.multipliedBy(5));
    return wait.compareTo(least) < 0 ? least.plusMillis(1) : wait;
  }

  private static Optional<Duration> between(Optional<String> now, String then) {
    try {
      return now.map(date -> Duration.between(date(date), date(then)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static ZonedDateTime date(String text) {
    return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
  }

  static BadInput tooMany(HubSettings settings, Duration wait) {
    return new BadInput(
        "%s has had too many requests (429) and asks to wait %d s more; try again then%s"
            .formatted(
                settings.endpoint(),
                wait.toSeconds(),
                settings.token().isEmpty() ? ", or set HF_TOKEN, which allows more" : ""));
  }

  static String reason(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "its name is not known here";
      }
    }
    if (e instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    if (e instanceof ConnectException) {
      return "no connection";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  static BadInput outOfReach(HubId id, HubSettings settings, HubOutOfReach e) {
    return new BadInput(
        "there is no folder '%s' here, it is not whole in the cache %s, and %s; check the network, or give --model a folder"
            .formatted(id, settings.cache(), e.getMessage()),
        e);
  }

  static BadInput offline(HubId id, HubSettings settings) {
    return new BadInput(
        "there is no folder '%s' here, the model is not whole in the cache %s, and HF_HUB_OFFLINE is set; unset it, or give --model a folder"
            .formatted(id, settings.cache()));
  }
}
