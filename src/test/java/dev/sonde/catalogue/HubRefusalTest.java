package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// How long to wait is what the hub says, by the hub's clock.
final class HubRefusalTest {
  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final String NOW = "Tue, 03 Nov 2026 10:00:00 GMT";

  private static Duration told(Map<String, String> headers) {
    var lists = new TreeMap<String, List<String>>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return HubRefusal.told(HttpHeaders.of(lists, (name, value) -> true), LEAST);
  }

  @Test
  void secondsAndDatesAreUnderstood() {
    assertThat(told(Map.of("Retry-After", "17"))).hasSeconds(17);
    assertThat(told(Map.of("Retry-After", "Tue, 03 Nov 2026 10:00:30 GMT", "Date", NOW)))
        .hasSeconds(30);
  }

  @Test
  void whatIsNoTimeIsAShortWait() {
    for (var text : List.of("soon", "-3", "", "Tue, 03 Nov 2026 09:00:00 GMT")) {
      assertThat(told(Map.of("Retry-After", text, "Date", NOW)))
          .isBetween(LEAST, LEAST.multipliedBy(5));
    }
    assertThat(told(Map.of())).isEqualTo(LEAST.multipliedBy(5));
  }
}
