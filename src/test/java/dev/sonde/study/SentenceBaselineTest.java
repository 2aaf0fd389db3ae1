package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.data.Table;
import dev.sonde.hook.Point;
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
import java.util.Arrays;
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
    var lines = new StringBuilder("statement,label,dealt,city\n");
    var random = new Seed(9).generator();
    for (int i = 0; i < 96; i++) {
      var text = "the dog of item%d is %s".formatted(i / 2, i % 2 == 0 ? "large" : "small");
      TEXTS.add(text);
      lines.append("%s,%d,%d,c%d%n".formatted(text, i % 2, random.nextInt(2), i / 4));
    }
    TinyBert.write(folder.resolve("asked"), new Seed(4), TEXTS);
    TinyBert.write(folder.resolve("encoder"), new Seed(5), TEXTS);
    Files.writeString(folder.resolve("t.csv"), lines);
  }

  private static Corpus corpus(String label) {
    return Corpus.of(
        Table.read(folder.resolve("t.csv")), new Columns("statement", label, "city", false));
  }

  @MustBeClosed
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
      var plain = study.run(corpus("label"), workers, Progress.NONE).findings();
      var with =
          study.withSentences(encoder).run(corpus("label"), workers, Progress.NONE).findings();
      assertThat(plain.baselines())
          .extracting(Findings.Baseline::name)
          .doesNotContain("sentence embedding");
      var found = sentences(with);
      // the two words that tell are in every text
      assertThat(found.accuracy().value()).isGreaterThan(0.9);
      assertThat(found.meaning()).contains("encoder");
      assertThat(with.origin().settings().get("sentence baseline"))
          .contains(encoder.digest().hex());
      assertThat(with.origin().identity()).isNotEqualTo(plain.origin().identity());
      assertThat(with.sites()).isEqualTo(plain.sites());
      // dealt labels are told by no sentence
      var dealt = study.withSentences(encoder).run(corpus("dealt"), workers, Progress.NONE);
      assertThat(sentences(dealt.findings()).accuracy().value()).isLessThan(0.7);
    }
  }

  private static Findings.Baseline sentences(Findings findings) {
    return findings.baselines().stream()
        .filter(b -> b.name().equals("sentence embedding"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void embeddingsAreMeansOverAllTokensAtUnitLength() {
    try (var encoder = open("encoder");
        var workers = Workers.of(1)) {
      var walk =
          new Walk(
              request(settings()), encoder.digest(), new LinkedHashMap<>(), workers, Progress.NONE);
      var x = new SentenceBaseline(encoder).reading(TEXTS.subList(0, 3), "x", walk).x();
      assertThat(x.rows()).isEqualTo(3);
      for (int i = 0; i < 3; i++) {
        var rows = rows(encoder, TEXTS.get(i), workers);
        assertThat(x.row(i)).containsExactly(mean(rows, 0, rows.rows()), within(1e-6));
        // without the marks at both ends it is another
        assertThat(distance(x.row(i), mean(rows, 1, rows.rows() - 1))).isGreaterThan(1e-3);
      }
      // alone or among others, a text has the same embedding
      var one = new SentenceBaseline(encoder).reading(TEXTS.subList(2, 3), "x", walk).x();
      for (int j = 0; j < x.cols(); j++) {
        assertThat(one.at(0, j)).isCloseTo(x.at(2, j), within(1e-6));
      }
    }
  }

  /// What follows the last layer at every token of a text.
  private static Matrix rows(OpenModel encoder, String text, Workers workers) {
    var end = Point.residPost(encoder.model().architecture().layers() - 1);
    var all = new Position.All();
    return new Capture(encoder.model(), List.of(end), List.of(all))
        .run(encoder.encode(List.of(text), false), workers, Progress.NONE)
        .at(new Site(end, all));
  }

  private static double[] mean(Matrix rows, int from, int to) {
    var out = new double[rows.cols()];
    for (int t = from; t < to; t++) {
      for (int j = 0; j < out.length; j++) {
        out[j] += rows.at(t, j);
      }
    }
    double length = Math.sqrt(Arrays.stream(out).map(v -> v * v).sum());
    return Arrays.stream(out).map(v -> v / length).toArray();
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return Math.sqrt(sum);
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
