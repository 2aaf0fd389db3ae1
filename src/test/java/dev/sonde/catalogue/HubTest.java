package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Kernels;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models from a hub that behaves like the real one, and fails like it.
final class HubTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final URI NOBODY = URI.create("http://127.0.0.1:1");

  @TempDir private Path folder = Path.of("");
  private FakeHub hub = new FakeHub();
  private final List<String> warnings = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    hub.fill(TinyBert.write(folder.resolve("tiny"), new Seed(3), List.of("the town of lyon")));
    hub.files.put("README.md", "read me".getBytes(StandardCharsets.UTF_8));
    hub.files.put("pytorch_model.bin", new byte[100]);
    hub.files.put("tokenizer_config.json", "{}".getBytes(StandardCharsets.UTF_8));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Path cache() {
    return folder.resolve("hub");
  }

  private HubSettings settings(URI endpoint, String token, boolean offline) {
    return new HubSettings(
        cache(),
        endpoint,
        token,
        offline,
        3,
        Duration.ofMillis(5),
        Duration.ofSeconds(3),
        Duration.ofSeconds(20));
  }

  private Path open(String name, HubSettings settings) {
    return new Catalogue(folder.resolve("home"), settings).open(name, progress());
  }

  private Path open(String name) {
    return open(name, settings(hub.endpoint(), "", false));
  }

  private Progress progress() {
    return new Progress() {
      @Override
      public void at(String task, long done, long total) {
        assertThat(total == 0 || done <= total).isTrue();
      }

      @Override
      public void warn(String line) {
        warnings.add(line);
      }
    };
  }

  private void refused(String part, String name) {
    refused(part, name, settings(hub.endpoint(), "", false));
  }

  private void refused(String part, String name, HubSettings settings) {
    assertThatThrownBy(() -> open(name, settings))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(part)
        .message()
        .doesNotContain("\n");
  }

  private List<Path> leftovers() throws IOException {
    try (var walk = Files.exists(cache()) ? Files.walk(cache()) : Stream.<Path>empty()) {
      return walk.filter(Files::isRegularFile)
          .filter(p -> p.toString().endsWith(".incomplete") || p.toString().endsWith(".tmp"))
          .toList();
    }
  }

  @Test
  void theFirstOpeningFetchesWhatIsNeededAsThePythonCacheLays() throws IOException {
    var found = open("org/tiny");
    var repository = cache().resolve("models--org--tiny");
    assertThat(found).isEqualTo(repository.resolve("snapshots").resolve(FakeHub.COMMIT));
    try (var list = Files.list(found)) {
      assertThat(list.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("config.json", "vocab.txt", "tokenizer_config.json", WEIGHTS);
    }
    assertThat(repository.resolve("refs/main")).hasContent(FakeHub.COMMIT);
    var bytes = hub.bytes(WEIGHTS);
    assertThat(Files.readSymbolicLink(found.resolve(WEIGHTS)))
        .isEqualTo(Path.of("../../blobs", Digest.of(bytes).hex()));
    assertThat(Files.readSymbolicLink(found.resolve("config.json")))
        .isEqualTo(Path.of("../../blobs", FakeHub.git(hub.bytes("config.json"))));
    assertThat(found.resolve(WEIGHTS)).hasBinaryContent(bytes);
    assertThat(Catalogue.nameOf(found)).isEqualTo("org/tiny");
    assertThat(hub.gets("pytorch_model.bin")).isEmpty();
    assertThat(leftovers()).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void theSecondOpeningAsksOnlyWhatMainIs() {
    var first = open("org/tiny");
    hub.log.clear();
    assertThat(open("org/tiny")).isEqualTo(first);
    assertThat(hub.log)
        .extracting(FakeHub.Asked::path)
        .containsExactly("/api/models/org/tiny/revision/main");
    hub.log.clear();
    assertThat(open("org/tiny@" + FakeHub.COMMIT)).isEqualTo(first);
    assertThat(open("org/tiny", settings(hub.endpoint(), "", true))).isEqualTo(first);
    assertThat(hub.log).isEmpty();
    assertThat(open("org/tiny", settings(NOBODY, "", false))).isEqualTo(first);
    assertThat(warnings).singleElement().asString().contains("cannot be reached", FakeHub.COMMIT);
  }

  @Test
  void whatIsNotInTheCacheIsMissedOffline() throws IOException {
    refused("HF_HUB_OFFLINE", "org/tiny", settings(hub.endpoint(), "", true));
    refused("cannot be reached", "org/tiny", settings(NOBODY, "", false));
    assertThat(hub.log).isEmpty();
    Files.delete(open("org/tiny").resolve(WEIGHTS));
    refused("not whole", "org/tiny", settings(hub.endpoint(), "", true));
  }

  @Test
  void aBrokenTransferGoesOnFromItsByte() throws IOException {
    int broken = 5_000;
    hub.breaks.add(broken);
    var found = open("org/tiny");
    assertThat(found.resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
    var asked = hub.gets(WEIGHTS).stream().filter(a -> a.server().equals("store")).toList();
    assertThat(asked).hasSize(2);
    assertThat(asked.get(0).range()).isEmpty();
    assertThat(from(asked.get(1))).isBetween(1, broken);
    assertThat(leftovers()).isEmpty();
  }

  private static int from(FakeHub.Asked asked) {
    return Integer.parseInt(asked.range().replaceAll("\\D", ""));
  }

  @Test
  void anotherProcessGoesOnWhereOneWasLeft() throws IOException {
    hub.breaks.addAll(List.of(4_000, 1, 1));
    refused("broke off at", "org/tiny");
    assertThat(leftovers()).hasSize(1);
    long there = Files.size(leftovers().getFirst());
    assertThat(there).isPositive();
    hub.log.clear();
    var found = open("org/tiny");
    assertThat(found.resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
    assertThat(from(hub.gets(WEIGHTS).getLast())).isEqualTo((int) there);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aSilentTransferIsCutOffAndGoesOn() {
    hub.breaks.add(-5_000);
    var patient = settings(hub.endpoint(), "", false);
    var quick =
        new HubSettings(
            cache(),
            hub.endpoint(),
            "",
            false,
            3,
            patient.pause(),
            patient.patience(),
            Duration.ofMillis(700));
    long begun = System.nanoTime();
    assertThat(open("org/tiny", quick).resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
    assertThat(System.nanoTime() - begun).isLessThan(FakeHub.SILENT);
    assertThat(from(hub.gets(WEIGHTS).getLast())).isPositive();
  }

  @Test
  void sizesThatAreNotTrueAreNoticed() throws IOException {
    hub.boast = 1L << 56;
    refused("MiB free", "org/tiny");
    assertThat(hub.gets(WEIGHTS)).isEmpty();
    hub.boast = -1;
    refused("is longer than", "org/tiny");
    hub.boast = 1;
    refused("check the network", "org/tiny");
    hub.boast = 0;
    assertThat(open("org/tiny").resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void whatWasFetchedIsAModel() {
    var catalogue = new Catalogue(folder.resolve("home"), settings(hub.endpoint(), "", false));
    assertThat(catalogue.held()).isEmpty();
    try (var model = OpenModel.open("org/tiny", catalogue, Kernels.PLAIN, Progress.NONE)) {
      assertThat(model.name()).isEqualTo("org/tiny");
      assertThat(model.model().architecture().layers()).isEqualTo(TinyBert.LAYERS);
      assertThat(model.digest()).isEqualTo(Digest.of(hub.bytes(WEIGHTS)));
    }
    assertThat(catalogue.held()).containsExactly("org/tiny");
  }

  @Test
  void aServerWithoutRangesIsReadFromTheBeginning() {
    hub.ranges = false;
    hub.breaks.add(5_000);
    assertThat(open("org/tiny").resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
  }

  @Test
  void aDamagedLeftoverIsFetchedAnew() throws IOException {
    var blob = new HubCache(cache(), "org/tiny").blob(Digest.of(hub.bytes(WEIGHTS)).hex());
    Files.createDirectories(blob.resolveSibling("x").getParent());
    Files.write(blob.resolveSibling(blob.getFileName() + ".sonde.incomplete"), new byte[777]);
    assertThat(open("org/tiny").resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
  }

  @Test
  void otherBytesThanAnnouncedAreRefusedAndRemoved() throws IOException {
    hub.lies = true;
    refused("SHA-256", "org/tiny");
    assertThat(leftovers()).isEmpty();
    var sha = Digest.of(hub.bytes(WEIGHTS)).hex();
    assertThat(cache().resolve("models--org--tiny/blobs").resolve(sha)).doesNotExist();
    refused("not whole", "org/tiny", settings(hub.endpoint(), "", true));
    hub.lies = false;
    assertThat(open("org/tiny").resolve(WEIGHTS)).exists();
  }

  @Test
  void aGatedModelSaysWhatToDoAndOpensWithTheToken() {
    hub.token = "hf_secret";
    refused("accept its licence at " + hub.endpoint() + "/org/tiny", "org/tiny");
    refused("HF_TOKEN", "org/tiny", settings(hub.endpoint(), "hf_other", false));
    hub.log.clear();
    var found = open("org/tiny", settings(hub.endpoint(), "hf_secret", false));
    assertThat(found.resolve(WEIGHTS)).exists();
    assertThat(hub.log)
        .filteredOn(a -> a.server().equals("hub"))
        .allMatch(a -> a.authorization().equals("Bearer hf_secret"));
    assertThat(hub.log)
        .filteredOn(a -> a.server().equals("store"))
        .isNotEmpty()
        .allMatch(a -> a.authorization().isEmpty());
    assertThat(settings(NOBODY, "hf_secret", false).toString()).doesNotContain("hf_secret");
  }

  @Test
  void whatIsNotThereIsNamed() {
    refused("no model of that name", "org/tinny");
    refused("no revision 'v9'", "org/tiny@v9");
    hub.alsoListed.add("chat_template.jinja");
    refused("no file chat_template.jinja", "org/tiny");
  }

  @Test
  void aRenamedModelIsFollowed() {
    hub.moved = java.util.Optional.of("org/tiny");
    hub.token = "";
    assertThat(open("old/name").resolve(WEIGHTS)).hasBinaryContent(hub.bytes(WEIGHTS));
  }

  @Test
  void tooManyRequestsWaitAndFailuresAreTriedAgain() {
    hub.failures.add(new FakeHub.Failure(429, List.of("Retry-After: 1")));
    hub.failures.add(new FakeHub.Failure(503, List.of()));
    hub.failures.add(new FakeHub.Failure(500, List.of()));
    long begun = System.nanoTime();
    assertThat(open("org/tiny").resolve(WEIGHTS)).exists();
    assertThat(System.nanoTime() - begun).isGreaterThan(1_000_000_000L);
    hub.failures.add(new FakeHub.Failure(429, List.of("Retry-After: 3600")));
    refused("asks to wait 3600 s", "org/tiny");
    hub.failures.add(new FakeHub.Failure(503, List.of()));
    open("org/tiny");
    assertThat(warnings).singleElement().asString().contains("503");
  }

  @Test
  void namesThatLeadOutAreRefused() throws IOException {
    for (var evil : List.of("../../x", "/etc/x", "a/../../x", "a//b", "..", "a\\\\b", "C:x")) {
      hub.alsoListed.clear();
      hub.alsoListed.add(evil);
      refused("leads out of its folder", "org/tiny");
    }
    assertThat(hub.log).allMatch(a -> a.path().startsWith("/api/models/"));
    for (var name : List.of("../tiny", "org/..", "org/ti--ny", "org/tiny/", "org/.git", "a/b/c")) {
      refused("nor a name of the hub", name);
    }
    for (var revision : List.of("../main", "", "a/../../b", "-x", "a b")) {
      refused("is no revision", "org/tiny@" + revision);
    }
    assertThat(cache()).doesNotExist();
  }

  @Test
  void shardsAreThoseOfTheIndex() {
    var weights = hub.bytes(WEIGHTS);
    hub.files.remove(WEIGHTS);
    hub.files.put("model-1-of-2.safetensors", weights);
    hub.files.put("model-2-of-2.safetensors", new byte[] {1, 2, 3});
    hub.files.put("other.safetensors", new byte[] {4});
    index("model-2-of-2.safetensors");
    var found = open("org/tiny");
    assertThat(found.resolve("model-1-of-2.safetensors")).hasBinaryContent(weights);
    assertThat(found.resolve("model-2-of-2.safetensors")).exists();
    assertThat(found.resolve("other.safetensors")).doesNotExist();
    assertThat(open("org/tiny", settings(NOBODY, "", true))).isEqualTo(found);
    index("../../x.safetensors");
    refused("no file beside it", "org/tiny@" + FakeHub.COMMIT, settingsElsewhere());
  }

  private HubSettings settingsElsewhere() {
    var here = settings(hub.endpoint(), "", false);
    return new HubSettings(
        folder.resolve("elsewhere"),
        here.endpoint(),
        "",
        false,
        1,
        here.pause(),
        here.patience(),
        here.silence());
  }

  private void index(String second) {
    var json =
        "{\"weight_map\": {\"a\": \"model-1-of-2.safetensors\", \"b\": \"%s\"}}".formatted(second);
    hub.files.put("model.safetensors.index.json", json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void picklesAreNeverFetched() {
    hub.files.remove(WEIGHTS);
    refused("only as pickle (pytorch_model.bin)", "org/tiny");
    hub.files.put("tiny.Q8.gguf", new byte[] {1});
    refused("it has tiny.Q8.gguf", "org/tiny");
    refused("has no file other.gguf", "org/tiny/other.gguf");
    assertThat(hub.log).allMatch(a -> a.path().startsWith("/api/models/"));
    refused("tiny.Q8.gguf", "org/tiny/tiny.Q8.gguf"); // fetched, and found to be no GGUF
    assertThat(hub.gets("tiny.Q8.gguf")).isNotEmpty();
  }

  @Test
  void twoAtOnceFetchOnce() {
    var both = Stream.of(1, 2).map(i -> CompletableFuture.supplyAsync(() -> open("org/tiny")));
    assertThat(both.toList().stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(hub.gets(WEIGHTS).stream().filter(a -> a.server().equals("store"))).hasSize(1);
  }

  @Test
  void aFolderGoesBeforeTheHub() throws IOException {
    Files.createDirectories(folder.resolve("org/tiny"));
    var path = folder.resolve("org/tiny").toString();
    assertThat(open(path)).isEqualTo(Path.of(path));
    assertThat(hub.log).isEmpty();
  }

  @Test
  void aCacheThatCannotBeWrittenSaysSo() throws IOException {
    Files.createFile(cache());
    refused("cannot be written", "org/tiny");
  }
}
