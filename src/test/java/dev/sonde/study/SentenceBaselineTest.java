package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sentence encoder beside the probe: its embedding is the mean over all tokens at unit length,
/// and what it tells is held against the probe.
final class SentenceBaselineTest {
  @TempDir private static Path folder = Path.of("");
  private static final List<String> TEXTS = new ArrayList<>();

  @BeforeAll
  static void write() throws IOException {
    var lines = new StringBuilder("statement,label,city\n");
    for (int i = 0; i < 96; i++) {
      var text = "the dog of item%d is %s".formatted(i / 2, i % 2 == 0 ? "large" : "small");
      TEXTS.add(text);
      lines.append("%s,%d,c%d%n".formatted(text, i % 2, i / 4));
    }
    TinyBert.write(folder.resolve("asked"), new Seed(4), TEXTS);
    TinyBert.write(folder.resolve("encoder"), new Seed(5), TEXTS);
    Files.writeString(folder.resolve("t.csv"), lines);
  }

  private static Corpus corpus() {
    return Corpus.of(
        Table.read(folder.resolve("t.csv")), new Columns("statement", "label", "city", false));
  }

  private static OpenModel open(String name) {
    return OpenModel.open(
        folder.resolve(name).toString(), folder.resolve("home"), Kernels.PLAIN, Progress.NONE);
  }

  private static Study.Request request(StudySettings settings) {
    return new Study.Request(settings, InstantSource.fixed(Instant.EPOCH));
  }

  private static StudySettings settings() {
    return StudySettings.DEFAULT
        .withSites(List.of("resid_post.0"), List.of("mean"))
        .withEffort(3, 19, 0, 100)
        .with(false, true, false);
  }

  @Test
  void oneMoreBaselineWithItsOriginInTheSettings() {
    try (var asked = open("asked");
        var encoder = open("encoder");
        var workers = Workers.of(2)) {
      var study = new Study(asked, request(settings()));
      var plain = study.run(corpus(), workers, Progress.NONE).findings();
      var with = study.withSentences(encoder).run(corpus(), workers, Progress.NONE).findings();
      assertThat(plain.baselines())
          .extracting(Findings.Baseline::name)
          .doesNotContain("sentence embedding");
      var found =
          with.baselines().stream()
              .filter(b -> b.name().equals("sentence embedding"))
              .findFirst()
              .orElseThrow();
      // the two words that tell are in every text
      assertThat(found.accuracy().value()).isGreaterThan(0.9);
      assertThat(found.meaning()).contains("encoder");
      assertThat(with.origin().settings().get("sentence baseline"))
          .contains(encoder.digest().hex());
      assertThat(with.origin().identity()).isNotEqualTo(plain.origin().identity());
      assertThat(with.sites()).isEqualTo(plain.sites());
    }
  }

  @Test
  void embeddingsAreMeansOverAllTokensAtUnitLength() {
    try (var encoder = open("encoder");
        var workers = Workers.of(1)) {
      var walk =
          new Walk(
              request(settings()),
              encoder.digest(),
              new LinkedHashMap<>(),
              workers,
              Progress.NONE);
      var x = new SentenceBaseline(encoder).reading(TEXTS.subList(0, 3), "x", walk).x();
      assertThat(x.rows()).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        double square = 0;
        for (int j = 0; j < x.cols(); j++) {
          square += x.at(i, j) * x.at(i, j);
        }
        assertThat(square).isCloseTo(1, within(1e-9));
      }
      // alone or among others, a text has the same embedding
      var one = new SentenceBaseline(encoder).reading(TEXTS.subList(2, 3), "x", walk).x();
      for (int j = 0; j < x.cols(); j++) {
        assertThat(one.at(0, j)).isCloseTo(x.at(2, j), within(1e-6));
      }
    }
  }

  @Test
  void withoutBaselinesThereIsNone() {
    try (var asked = open("asked");
        var encoder = open("encoder")) {
      var study = new Study(asked, request(settings().with(false, false, false)));
      assertThatThrownBy(() -> study.withSentences(encoder))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("baselines are left out");
    }
  }
}
