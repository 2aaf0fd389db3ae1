package dev.sonde.catalogue;

import java.io.IOException;

/// The hub did not answer, or broke off, as often as it was asked.
final class HubOutOfReach extends IOException {
  private static final long serialVersionUID = 1L;

  HubOutOfReach(String reason) {
    super(reason);
  }

  HubOutOfReach(String reason, Throwable cause) {
    super(reason, cause);
  }
}
