package dev.sonde.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Nothing of what a user computes is told to anybody: the runtime that is built in has no
/// uploader. Builds of ONNX Runtime for Linux and macOS from 1.29.0 on have one, on by default.
final class RuntimeTest {
  private static boolean names(byte[] library, String text) {
    return new String(library, StandardCharsets.ISO_8859_1).contains(text);
  }

  @Test
  void theRuntimeHasNoUploader() throws IOException {
    int seen = 0;
    for (var name :
        new String[] {"linux-x64/libonnxruntime.so", "linux-aarch64/libonnxruntime.so"}) {
      try (var in = OrtEnvironment.class.getResourceAsStream("/ai/onnxruntime/native/" + name)) {
        if (in != null) {
          var library = in.readAllBytes();
          assertThat(names(library, "GetEnvironment") || names(library, "onnxruntime")).isTrue();
          assertThat(names(library, "events.data.microsoft.com")).as(name).isFalse();
          assertThat(names(library, "OneCollector")).as(name).isFalse();
          seen++;
        }
      }
    }
    assertThat(seen).isEqualTo(2);
  }
}
