package dev.sonde.weights;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Named tensors of one safetensors file, or of a folder's single or sharded files, memory-mapped.
///
/// What [#get] gives is a view of the file, valid until this is closed; nothing is copied. Format:
/// the README of huggingface/safetensors. Every header is checked before anything is read.
public final class SafeTensors implements AutoCloseable {
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Arena arena = Arena.ofShared();
  private final Map<String, Located> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Path> files;

  private record Located(Path file, Header.Entry entry, MemorySegment bytes) {}

  private SafeTensors(List<Path> files) {
    this.files = files;
    try {
      for (var file : files) {
        add(file);
      }
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// @throws BadInput if there is no such file, or it is not sound
  @MustBeClosed
  public static SafeTensors open(Path fileOrFolder) {
    return new SafeTensors(
        Files.isDirectory(fileOrFolder) ? within(fileOrFolder) : List.of(fileOrFolder));
  }

  private static List<Path> within(Path folder) {
    if (Files.exists(folder.resolve(SINGLE))) {
      return List.of(folder.resolve(SINGLE));
    }
    var index = folder.resolve(INDEX);
    if (!Files.exists(index)) {
      throw new BadInput(
          "%s holds neither %s nor %s: a model folder has one of them (pickle files are not read)"
              .formatted(folder, SINGLE, INDEX));
    }
    try {
      var shards = new TreeSet<String>();
      JsonMapper.shared()
          .readTree(Files.readString(index))
          .path("weight_map")
          .forEach(shard -> shards.add(shard.asString()));
      return shards.stream().map(shard -> shard(folder, index, shard)).toList();
    } catch (IOException | JacksonException | InvalidPathException e) {
      throw new BadInput("%s cannot be read: %s".formatted(index, e.getMessage()), e);
    }
  }

  private static Path shard(Path folder, Path index, String name) {
    var shard = folder.resolve(name);
    if (name.contains("/") || name.contains("\\") || !Files.isRegularFile(shard)) {
      throw new BadInput(
          "%s names the shard '%s', which is not in the folder".formatted(index, name));
    }
    return shard;
  }

  private void add(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var header = Header.read(file, bytes);
      metadata.putAll(header.metadata());
      for (var entry : header.entries().values()) {
        var before = tensors.put(entry.name(), new Located(file, entry, bytes));
        if (before != null) {
          throw new BadInput(
              "tensor '%s' is both in %s and in %s".formatted(entry.name(), before.file, file));
        }
      }
    } catch (IOException e) {
      throw new BadInput(
          "%s cannot be read: %s"
              .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"),
          e);
    }
  }

  public Set<String> names() {
    return tensors.keySet();
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  public long[] shape(String name) {
    return located(name).entry.dimensions();
  }

  public DType type(String name) {
    return located(name).entry.type();
  }

  public Map<String, String> metadata() {
    return Map.copyOf(metadata);
  }

  /// The bytes as they lie in the file, little-endian.
  public MemorySegment segment(String name) {
    var found = located(name);
    return found.bytes.asSlice(found.entry.from(), found.entry.to() - found.entry.from());
  }

  /// A view in the file's own type.
  public Tensor get(String name) {
    return Tensor.view(segment(name), type(name), shape(name));
  }

  /// The tensor in numbers of a type, a view if it is so stored.
  ///
  /// @throws BadInput if it is missing or of another shape
  public Tensor in(DType type, String name, long... expected) {
    var found = located(name);
    if (!Arrays.equals(found.entry.dimensions(), expected)) {
      throw new BadInput(
          "%s: '%s' should be %s by config.json, but the file has %s; are they of the same model?"
              .formatted(found.file, name, Arrays.toString(expected), found.entry.shape()));
    }
    return get(name).to(type);
  }

  /// How many numbers all tensors hold.
  public long numbers() {
    return tensors.values().stream()
        .mapToLong(t -> (t.entry.to() - t.entry.from()) / t.entry.type().bytes())
        .sum();
  }

  public List<Path> files() {
    return files;
  }

  /// SHA-256 over the files' own digests; reads them whole.
  public Digest digest() {
    if (files.size() == 1) {
      return Digest.of(files.getFirst());
    }
    var all = new StringBuilder();
    files.forEach(file -> all.append(Digest.of(file).hex()));
    return Digest.of(all.toString());
  }

  private Located located(String name) {
    var found = tensors.get(name);
    if (found == null) {
      throw new BadInput(
          "%s has no tensor '%s'; it has %d, among them %s"
              .formatted(
                  files.getFirst(),
                  name,
                  tensors.size(),
                  tensors.keySet().stream().limit(3).toList()));
    }
    return found;
  }

  @Override
  public void close() {
    arena.close();
  }
}
