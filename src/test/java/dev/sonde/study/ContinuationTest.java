package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Generator;
import dev.sonde.model.Sampling;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stories of a real small decoder.
final class ContinuationTest {
  @TempDir private Path folder = Path.of("");

  private static Generator.Settings settings(int tokens, Sampling sampling, OpenModel open) {
    return new Generator.Settings(tokens, sampling, new Seed(5), open.model().stops());
  }

  @Test
  void storiesGoOnAsTheirSourceSays() {
    var stories = Shared.folder("models/stories260k");
    if (stories.isEmpty()) {
      return;
    }
    try (var open =
        OpenModel.open(stories.get().toString(), folder, Kernels.PLAIN, Progress.NONE)) {
      assertThat(open.model().stops()).containsExactly(2);
      var heard = new StringBuilder();
      var greedy = new Continuation(open, settings(60, Sampling.GREEDY, open));
      var found = greedy.of("", heard::append);
      assertThat(found.text())
          .startsWith(
              "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.");
      assertThat(heard.toString()).isEqualTo(found.text());
      assertThat(new Prediction(open).greedy("", 60)).isEqualTo(found.text());

      var texts = List.of("Tim saw a cat", "", "One day, a dog");
      var together = greedy.of(texts);
      assertThat(together).allMatch(t -> t.tokens().added().size() == 60);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(together.get(i).text()).isEqualTo(greedy.of(texts.get(i), piece -> {}).text());
      }
      var drawn = new Continuation(open, settings(60, new Sampling(1, 0, 0.9), open));
      assertThat(drawn.of("", piece -> {}).text()).isNotEqualTo(found.text());
    }
  }

  @Test
  void anEncoderContinuesNothing() throws IOException {
    var tiny = TinyBert.write(folder.resolve("tiny"), new Seed(4), List.of("the town is large"));
    try (var open = OpenModel.open(tiny.toString(), folder, Kernels.PLAIN, Progress.NONE)) {
      assertThatThrownBy(() -> new Continuation(open, settings(9, Sampling.GREEDY, open)))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("tiny: a bert reads both sides of a token");
    }
  }
}
