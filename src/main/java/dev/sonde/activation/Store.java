package dev.sonde.activation;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.data.Matrix;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Activations on disk: a folder of safetensors shards and a manifest.
///
/// A shard holds the rows of some texts in order, a tensor a site (`resid_post.5@mean`, float32).
/// Shards are cut by the texts alone; each is written beside, forced to disk and renamed, then the
/// manifest likewise. Killed at any instant, the same call goes on where it stopped and ends with
/// the same bytes. Reading maps the files, so a set may be larger than memory: go shard by shard.
public final class Store implements AutoCloseable {
  private static final String LENGTHS = "all.lengths";
  private static final String COUNTS = "all.counts";

  private final Manifest manifest;
  private final List<SafeTensors> files;

  private Store(Manifest manifest, List<SafeTensors> files) {
    this.manifest = manifest;
    this.files = files;
  }

  /// Whose activations they are: the model's name, the digest of its weights, its tokenizer.
  public record Identity(String model, Digest weights, String tokenizer) {}

  /// Writes what is missing of these texts: all, or what an interrupted call left over.
  ///
  /// @throws BadInput if the folder holds another model's, other points' or other texts'
  ///   activations, or the disk is too small
  public static void write(
      Path folder,
      Capture capture,
      Identity identity,
      List<Tokens> texts,
      Workers workers,
      Progress progress) {
    var manifest = manifestFor(folder, capture, identity);
    go(folder, manifest, 0, new Job(capture, texts, workers, progress));
  }

  /// Adds texts after those that are there.
  public static void append(
      Path folder,
      Capture capture,
      Identity identity,
      List<Tokens> texts,
      Workers workers,
      Progress progress) {
    var manifest = manifestFor(folder, capture, identity);
    go(folder, manifest, manifest.shards().size(), new Job(capture, texts, workers, progress));
  }

  private record Job(Capture capture, List<Tokens> texts, Workers workers, Progress progress) {}

  private static Manifest manifestFor(Path folder, Capture capture, Identity identity) {
    var sites = capture.sites().stream().map(Site::toString).toList();
    var fresh = new Manifest(identity, capture.computed(), sites, List.of());
    var file = folder.resolve(Manifest.FILE);
    if (!Files.exists(file)) {
      return fresh;
    }
    var found = Manifest.read(file);
    fresh.mustEqualApartFromShards(found, folder);
    return found;
  }

  private static void go(Path folder, Manifest manifest, int from, Job job) {
    mustFit(folder, job);
    var now = manifest;
    int shard = from;
    for (int first = 0; first < job.texts.size(); first += Manifest.TEXTS) {
      var own = job.texts.subList(first, Math.min(job.texts.size(), first + Manifest.TEXTS));
      var digest = digest(own);
      if (shard < now.shards().size()) {
        now.shards().get(shard).mustHold(digest, folder, shard);
      } else {
        now = now.with(shard(folder, shard, own, digest, job));
        AtomicFile.writeString(folder.resolve(Manifest.FILE), now.text());
      }
      shard++;
      job.progress.at("store (texts)", first + own.size(), job.texts.size());
    }
  }

  private static Manifest.Shard shard(
      Path folder, int number, List<Tokens> texts, Digest digest, Job job) {
    var captured = job.capture.run(texts, job.workers, job.progress);
    var file = folder.resolve("shard-%05d.safetensors".formatted(number));
    var out = new SafeTensorsFile();
    for (var site : job.capture.sites()) {
      var matrix = captured.at(site);
      out =
          out.with(site.toString(), DType.FLOAT32, matrix.segment(), matrix.rows(), matrix.cols());
    }
    if (job.capture.sites().stream().anyMatch(s -> s.position() instanceof Position.All)) {
      out = withTokens(out, texts);
    }
    out.write(file);
    return new Manifest.Shard(file.getFileName().toString(), texts.size(), digest, Digest.of(file));
  }

  /// What rows of the position `all` belong to: how many tokens each text has, and of every token
  /// whether it counts (1) or the tokenizer added it (0).
  private static SafeTensorsFile withTokens(SafeTensorsFile out, List<Tokens> texts) {
    var lengths = new float[texts.size()];
    var counts = new float[texts.stream().mapToInt(Tokens::size).sum()];
    int row = 0;
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = texts.get(i).size();
      for (int t = 0; t < texts.get(i).size(); t++) {
        counts[row++] = texts.get(i).special(t) ? 0 : 1;
      }
    }
    return out.with(LENGTHS, lengths, lengths.length).with(COUNTS, counts, counts.length);
  }

  /// How many rows each text of a shard has at the position `all`.
  ///
  /// @throws BadInput if the position was not captured
  public int[] lengths(int shard) {
    return Arrays.stream(numbers(shard, LENGTHS)).mapToInt(v -> (int) v).toArray();
  }

  /// Which rows of a shard at the position `all` count: not those of tokens the tokenizer added.
  public boolean[] counts(int shard) {
    var found = numbers(shard, COUNTS);
    var out = new boolean[found.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = found[i] > 0;
    }
    return out;
  }

  private double[] numbers(int shard, String name) {
    var file = files.get(shard);
    if (!file.has(name)) {
      throw new BadInput(
          "this store does not say which tokens are of which text; capture with --position all (this version)");
    }
    return Matrix.mapped(1, Math.toIntExact(file.shape(name)[0]), file.segment(name)).toDoubles();
  }

  private static Digest digest(List<Tokens> texts) {
    return Digest.of(
        texts.stream()
            .map(t -> t.image().map(i -> i.digest().hex()).orElse(Arrays.toString(t.ids())))
            .collect(Collectors.joining("\n")));
  }

  /// Half a shard more than the numbers themselves must fit.
  private static void mustFit(Path folder, Job job) {
    long needed = Estimate.of(job.capture, job.texts).bytes();
    try {
      Files.createDirectories(folder);
      long free = Files.getFileStore(folder).getUsableSpace();
      if (needed + (needed >> 6) > free) {
        long most = job.texts.size() * (free - (free >> 5)) / Math.max(1, needed);
        throw new BadInput(
            "%,d texts at %d sites need %,d MiB on disk, and %s has %,d MiB free; take at most %,d texts, fewer points, or another --out"
                .formatted(
                    job.texts.size(),
                    job.capture.sites().size(),
                    needed >> 20,
                    folder,
                    free >> 20,
                    most));
      }
    } catch (IOException e) {
      throw AtomicFile.unwritable(folder, e);
    }
  }

  /// Opens what is there, whole shards only.
  ///
  /// @throws BadInput if there is no store, or a shard is missing or damaged
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the store closes its files
  public static Store open(Path folder) {
    var manifest = Manifest.read(folder.resolve(Manifest.FILE));
    var files = new ArrayList<SafeTensors>();
    try {
      for (var shard : manifest.shards()) {
        files.add(SafeTensors.open(folder.resolve(shard.file())));
      }
    } catch (RuntimeException e) {
      files.forEach(SafeTensors::close);
      throw e;
    }
    return new Store(manifest, files);
  }

  public Identity identity() {
    return manifest.identity();
  }

  /// Every site, as `point@position`.
  public List<String> sites() {
    return manifest.sites();
  }

  public int texts() {
    return manifest.shards().stream().mapToInt(Manifest.Shard::texts).sum();
  }

  public int shards() {
    return files.size();
  }

  /// The rows of a shard at a site, mapped: nothing is read until looked at. Valid while the store
  /// is open.
  public Matrix shard(int number, String site) {
    if (!manifest.sites().contains(site)) {
      throw new BadInput(
          "this store has no %s; it has %s".formatted(site, String.join(", ", manifest.sites())));
    }
    var file = files.get(number);
    var shape = file.shape(site);
    return Matrix.mapped((int) shape[0], (int) shape[1], file.segment(site));
  }

  /// All rows at a site: mapped if there is one shard, else copied together.
  public Matrix matrix(String site) {
    if (shards() == 1) {
      return shard(0, site);
    }
    var parts = new ArrayList<Matrix>();
    for (int i = 0; i < shards(); i++) {
      parts.add(shard(i, site));
    }
    int rows = parts.stream().mapToInt(Matrix::rows).sum();
    int cols = parts.isEmpty() ? 0 : parts.getFirst().cols();
    var out = Matrix.ofFloats(rows, cols, new float[Math.multiplyExact(rows, cols)]);
    long at = 0;
    for (var part : parts) {
      out.segment().asSlice(at, part.segment().byteSize()).copyFrom(part.segment());
      at += part.segment().byteSize();
    }
    return out;
  }

  /// Reads every shard through and compares its digest with the manifest's.
  ///
  /// @throws BadInput for one that is not what was written
  public static void check(Path folder) {
    for (var shard : Manifest.read(folder.resolve(Manifest.FILE)).shards()) {
      var file = folder.resolve(shard.file());
      if (!Files.isRegularFile(file) || !Digest.of(file).equals(shard.sha256())) {
        throw new BadInput(
            "%s is missing or not what was written; delete it and manifest.json and capture again"
                .formatted(file));
      }
    }
  }

  @Override
  public void close() {
    files.forEach(SafeTensors::close);
  }
}
