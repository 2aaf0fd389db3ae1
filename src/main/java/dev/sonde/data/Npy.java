package dev.sonde.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// NumPy's `.npy` files (versions 1 to 3 of numpy.lib.format): one array of floats, integers or
/// truth values in C order.
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int LONGEST_HEADER = 1 << 20;
  private static final int MOST_AXES = 32;
  private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)");
  private static final Pattern FORTRAN =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9,\\sL]*)\\)");

  private Npy() {}

  /// Maps the file; nothing is copied, unless it is big-endian.
  ///
  /// @throws BadInput for a file that is missing, cut off, of objects or in Fortran order
  public static NdArray read(Path file) {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      return parse(
          file.toString(),
          size == 0
              ? MemorySegment.ofArray(new byte[0])
              : channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto()));
    } catch (IOException e) {
      throw new BadInput(
          "%s cannot be read (%s)"
              .formatted(file, Files.exists(file) ? e.getMessage() : "there is no such file"),
          e);
    }
  }

  /// The array of a whole `.npy` file that lies in memory; `name` is what errors call it.
  ///
  /// @throws BadInput as [#read] does
  static NdArray parse(String name, MemorySegment file) {
    long size = file.byteSize();
    if (size < 10 || !Arrays.equals(MAGIC, file.asSlice(0, MAGIC.length).toArray(JAVA_BYTE))) {
      throw new BadInput(name + " is no .npy file: it does not begin with NumPy's mark");
    }
    int version = file.get(JAVA_BYTE, 6);
    if (version < 1 || version > 3) {
      throw new BadInput(
          "%s: .npy files of version 1 to 3 are read, not %d".formatted(name, version));
    }
    int from = version == 1 ? 10 : 12;
    long length =
        version == 1
            ? file.get(SHORT, 8) & 0xffff
            : size < 12 ? size : file.get(INT, 8) & 0xffffffffL;
    if (length > LONGEST_HEADER || from + length > size) {
      throw new BadInput(
          "%s: its header would have %d bytes; the file is cut off or damaged"
              .formatted(name, length));
    }
    var text =
        new String(
            file.asSlice(from, length).toArray(JAVA_BYTE),
            version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    return body(name, file, text, from + length);
  }

  /// A `.npy` file (version 1) of the array; bfloat16, which NumPy lacks, goes as float32.
  static byte[] bytes(NdArray array) {
    var plain = array.kind() == NdArray.Kind.BFLOAT16 ? array.to(NdArray.Kind.FLOAT32) : array;
    var shape = new StringBuilder("(");
    for (long n : plain.shape()) {
      shape.append(n).append(',');
    }
    var header =
        "{'descr': '%s', 'fortran_order': False, 'shape': %s), }"
            .formatted(descr(plain.kind()), shape);
    int start = (10 + header.length() + 1 + 63) / 64 * 64;
    var out =
        ByteBuffer.allocate(Math.toIntExact(start + plain.segment().byteSize()))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (start - 10));
    out.put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (out.position() < start - 1) {
      out.put((byte) ' ');
    }
    out.put((byte) '\n').put(plain.segment().toArray(JAVA_BYTE));
    return out.array();
  }

  private static String descr(NdArray.Kind kind) {
    var letter =
        switch (kind) {
          case BOOL -> "|b";
          case INT8, INT16, INT32, INT64 -> "<i";
          case UINT8, UINT16, UINT32, UINT64 -> "<u";
          case FLOAT16, FLOAT32, FLOAT64, BFLOAT16 -> "<f";
        };
    return letter + kind.bytes();
  }

  private static NdArray body(String file, MemorySegment all, String header, long from) {
    if (find(FORTRAN, header, file, "fortran_order").equals("True")) {
      throw new BadInput(
          file + " is in Fortran order; write np.ascontiguousarray(array) with np.save instead");
    }
    var descr = find(DESCR, header, file, "descr");
    var kind = kind(file, descr);
    var shape = shape(file, find(SHAPE, header, file, "shape"));
    long bytes = kind.bytes();
    try {
      for (long n : shape) {
        bytes = Math.multiplyExact(bytes, n);
      }
    } catch (ArithmeticException e) {
      throw new BadInput("%s: no array has shape %s".formatted(file, Arrays.toString(shape)), e);
    }
    if (all.byteSize() - from != bytes) {
      throw new BadInput(
          "%s: shape %s of %s takes %d bytes, but %d follow its header; the file is damaged"
              .formatted(file, Arrays.toString(shape), descr, bytes, all.byteSize() - from));
    }
    var data = all.asSlice(from);
    return NdArray.of(kind, descr.startsWith(">") ? swapped(data, kind.bytes()) : data, shape);
  }

  private static String find(Pattern pattern, String header, String file, String what) {
    Matcher found = pattern.matcher(header);
    if (!found.find()) {
      throw new BadInput(
          "%s: its header has no %s that is understood; arrays of records and of objects are not read"
              .formatted(file, what));
    }
    return found.group(1);
  }

  private static NdArray.Kind kind(String file, String descr) {
    var plain = descr.replaceFirst("^[<>|=]", "");
    return switch (plain) {
      case "b1" -> NdArray.Kind.BOOL;
      case "i1" -> NdArray.Kind.INT8;
      case "u1" -> NdArray.Kind.UINT8;
      case "i2" -> NdArray.Kind.INT16;
      case "u2" -> NdArray.Kind.UINT16;
      case "i4" -> NdArray.Kind.INT32;
      case "u4" -> NdArray.Kind.UINT32;
      case "i8" -> NdArray.Kind.INT64;
      case "u8" -> NdArray.Kind.UINT64;
      case "f2" -> NdArray.Kind.FLOAT16;
      case "f4" -> NdArray.Kind.FLOAT32;
      case "f8" -> NdArray.Kind.FLOAT64;
      default ->
          throw new BadInput(
              "%s holds '%s'%s; arrays of floats, integers or bool are read: convert it with astype"
                  .formatted(file, descr, plain.startsWith("O") ? " (Python objects)" : ""));
    };
  }

  private static long[] shape(String file, String text) {
    var parts =
        Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    try {
      if (parts.size() > MOST_AXES) {
        throw new NumberFormatException("too many");
      }
      return parts.stream().mapToLong(s -> Long.parseLong(s.replace("L", ""))).toArray();
    } catch (NumberFormatException e) {
      throw new BadInput("%s: (%s) is no shape".formatted(file, text), e);
    }
  }

  private static MemorySegment swapped(MemorySegment data, int size) {
    var out = MemorySegment.ofArray(new byte[Math.toIntExact(data.byteSize())]);
    for (long i = 0; i < data.byteSize(); i++) {
      out.set(JAVA_BYTE, i - i % size + (size - 1 - i % size), data.get(JAVA_BYTE, i));
    }
    return out;
  }
}
