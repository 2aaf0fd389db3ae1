package dev.sonde.weights;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A GGUF file (versions 2 and 3, little-endian), memory-mapped: metadata and quantised tensors.
///
/// Format: docs/gguf.md of ggml-org/ggml. Every length is checked against the file before anything
/// is read or made.
public final class Gguf implements AutoCloseable {
  private static final int MAGIC = 0x46554747;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final ValueLayout.OfShort SHORT = le(ValueLayout.JAVA_SHORT_UNALIGNED);
  private static final ValueLayout.OfInt INT = le(ValueLayout.JAVA_INT_UNALIGNED);
  private static final ValueLayout.OfLong LONG = le(ValueLayout.JAVA_LONG_UNALIGNED);
  private static final ValueLayout.OfFloat FLOAT = le(ValueLayout.JAVA_FLOAT_UNALIGNED);
  private static final ValueLayout.OfDouble DOUBLE = le(ValueLayout.JAVA_DOUBLE_UNALIGNED);

  private final Path path;
  private final Arena arena = Arena.ofShared();
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, Located> tensors = new LinkedHashMap<>();
  private MemorySegment bytes = MemorySegment.NULL;
  private long at;

  /// `shape` row-major: the file's dimensions the other way round.
  private record Located(List<Long> shape, Quant type, long offset) {
    long count() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  private Gguf(Path path) {
    this.path = path;
  }

  /// @throws BadInput if the file is missing or not sound
  @MustBeClosed
  public static Gguf open(Path path) {
    var out = new Gguf(path);
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      out.bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, Files.size(path), out.arena);
      out.read();
      return out;
    } catch (IOException e) {
      out.close();
      throw new BadInput("%s cannot be read: %s".formatted(path, e.getMessage()), e);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      out.close();
      throw new BadInput(
          "%s is cut off or damaged at byte %d; fetch it again".formatted(path, out.at), e);
    } catch (RuntimeException e) {
      out.close();
      throw e;
    }
  }

  private void read() {
    if (int32() != MAGIC) {
      throw new BadInput(path + " is no GGUF file: it does not begin with GGUF");
    }
    int version = int32();
    if (version != 2 && version != 3) {
      throw new BadInput("%s has GGUF version %d; 2 and 3 are read".formatted(path, version));
    }
    long count = size(24);
    long keys = size(12);
    for (long k = 0; k < keys; k++) {
      var key = string();
      metadata.put(key, value(int32(), 0));
    }
    for (long t = 0; t < count; t++) {
      tensor();
    }
    long alignment = metadata.get("general.alignment") instanceof Long a && a > 0 ? a : 32;
    long start = Math.ceilDiv(at, alignment) * alignment;
    for (var entry : List.copyOf(tensors.entrySet())) {
      var t = entry.getValue();
      long from = Math.addExact(start, t.offset);
      at = from;
      bytes.asSlice(from, t.type.bytes(t.count()));
      tensors.put(entry.getKey(), new Located(t.shape, t.type, from));
    }
  }

  private void tensor() {
    var name = string();
    int rank = int32();
    if (rank < 1 || rank > 4) {
      throw new BadInput(
          "%s: tensor '%s' has %d axes; 1 to 4 are read".formatted(path, name, rank));
    }
    var shape = new ArrayList<Long>();
    for (int i = 0; i < rank; i++) {
      shape.addFirst(int64());
    }
    var type = Quant.of(int32(), name);
    long offset = int64();
    if (shape.stream().anyMatch(n -> n < 1) || offset < 0 || shape.getLast() % type.block() != 0) {
      throw new BadInput(
          "%s: tensor '%s' of shape %s cannot be of type %s; the file is damaged"
              .formatted(path, name, shape, type));
    }
    if (tensors.put(name, new Located(List.copyOf(shape), type, offset)) != null) {
      throw new BadInput("%s has two tensors '%s'; the file is damaged".formatted(path, name));
    }
  }

  private Object value(int type, int depth) {
    return switch (type) {
      case 0, 7 -> type == 7 ? (Object) (int8() != 0) : (Object) (long) (int8() & 0xff);
      case 1 -> (long) int8();
      case 2 -> (long) (int16() & 0xffff);
      case 3 -> (long) int16();
      case 4 -> int32() & 0xffffffffL;
      case 5 -> (long) int32();
      case 6 -> (double) bytes.get(FLOAT, step(4));
      case STRING -> string();
      case ARRAY -> array(depth);
      case 10, 11 -> int64();
      case 12 -> bytes.get(DOUBLE, step(8));
      default ->
          throw new BadInput(
              "%s: metadata of unknown type %d; the file is damaged".formatted(path, type));
    };
  }

  private List<Object> array(int depth) {
    if (depth > 3) {
      throw new BadInput(path + ": metadata arrays are nested too deeply");
    }
    int type = int32();
    long count = size(1);
    var out = new ArrayList<Object>();
    for (long i = 0; i < count; i++) {
      out.add(value(type, depth + 1));
    }
    return out;
  }

  /// A number of things that take at least `least` bytes each, so that it cannot exceed the file.
  private long size(int least) {
    long n = int64();
    if (n < 0 || n > (bytes.byteSize() - at) / least) {
      throw new BadInput(
          "%s claims %d entries at byte %d, more than the file can hold".formatted(path, n, at));
    }
    return n;
  }

  private String string() {
    long length = size(1);
    var out = bytes.asSlice(step(length), length).toArray(ValueLayout.JAVA_BYTE);
    return new String(out, StandardCharsets.UTF_8);
  }

  private long step(long by) {
    long from = at;
    if (by > bytes.byteSize() - from) {
      throw new IndexOutOfBoundsException();
    }
    at += by;
    return from;
  }

  private byte int8() {
    return bytes.get(ValueLayout.JAVA_BYTE, step(1));
  }

  private short int16() {
    return bytes.get(SHORT, step(2));
  }

  private int int32() {
    return bytes.get(INT, step(4));
  }

  private long int64() {
    return bytes.get(LONG, step(8));
  }

  private static <T extends ValueLayout> T le(T layout) {
    @SuppressWarnings("unchecked") // withOrder keeps the kind of layout
    var out = (T) layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    return out;
  }

  public Set<String> names() {
    return Set.copyOf(tensors.keySet());
  }

  public boolean has(String tensor) {
    return tensors.containsKey(tensor);
  }

  public List<Long> shape(String tensor) {
    return located(tensor).shape;
  }

  public Quant type(String tensor) {
    return located(tensor).type;
  }

  /// The tensor's numbers as float32, row-major.
  public float[] floats(String tensor) {
    var t = located(tensor);
    var out = new float[Math.toIntExact(t.count())];
    t.type.decode(bytes.asSlice(t.offset, t.type.bytes(t.count())), out);
    return out;
  }

  private Located located(String tensor) {
    var out = tensors.get(tensor);
    if (out == null) {
      throw new BadInput("%s has no tensor '%s'".formatted(path, tensor));
    }
    return out;
  }

  public Path path() {
    return path;
  }

  public boolean hasKey(String key) {
    return metadata.containsKey(key);
  }

  /// All names of the metadata.
  public Set<String> keys() {
    return Set.copyOf(metadata.keySet());
  }

  public boolean isList(String key) {
    return metadata.get(key) instanceof List;
  }

  /// Zero, false or empty: a setting that is not used.
  public boolean isNought(String key) {
    return switch (metadata.get(key)) {
      case Number n -> n.doubleValue() == 0;
      case Boolean b -> !b;
      case String s -> s.isEmpty();
      case List<?> l -> l.isEmpty();
      case null, default -> false;
    };
  }

  public String text(String key) {
    return of(key, String.class, "a text");
  }

  public long integer(String key) {
    return of(key, Long.class, "a whole number");
  }

  public double number(String key) {
    return of(key, Number.class, "a number").doubleValue();
  }

  public boolean bool(String key, boolean otherwise) {
    return hasKey(key) ? of(key, Boolean.class, "true or false") : otherwise;
  }

  public List<Object> list(String key) {
    return List.copyOf((List<?>) of(key, List.class, "a list"));
  }

  private <T> T of(String key, Class<T> kind, String expected) {
    var found = metadata.get(key);
    if (!kind.isInstance(found)) {
      throw new BadInput(
          "%s: metadata '%s' should be %s, but is %s"
              .formatted(path, key, expected, found == null ? "absent" : found));
    }
    return kind.cast(found);
  }

  @Override
  public void close() {
    arena.close();
  }
}
