package dev.sonde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

/// The measure of memory sees memory outside the heap that is kept, and none that is given back.
final class ResidentTest {
  private static Resident run(boolean keeps) {
    var resident = new Resident(24);
    try (var all = Arena.ofConfined()) {
      for (int i = 0; i < 24; i++) {
        try (var own = Arena.ofConfined()) {
          (keeps ? all : own).allocate(32 << 20).fill((byte) 1);
        }
        resident.after(i);
      }
    }
    return resident;
  }

  @Test
  void whatIsGivenBackIsNoGrowth() {
    run(false).mustNotHaveGrown();
  }

  @Test
  void whatIsKeptIs() {
    if (Resident.bytes().isEmpty()) {
      System.out.println("not run: this system does not tell a process how much it holds");
      return;
    }
    var kept = run(true);
    assertThat(kept.grown()).isGreaterThan(100L << 20);
    assertThatThrownBy(kept::mustNotHaveGrown).isInstanceOf(AssertionError.class);
  }
}
