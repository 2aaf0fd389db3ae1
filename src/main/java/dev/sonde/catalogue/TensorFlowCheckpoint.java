package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// A TensorFlow checkpoint (version 2): an index in the form of a LevelDB table, and the tensors'
/// bytes, little-endian, in a data file.
///
/// Table: blocks of prefix-compressed keys; the last 48 bytes point to the index block and end in a
/// magic number (LevelDB, doc/table_format.md). Values are `BundleEntryProto`
/// (tensor_bundle.proto): 1 dtype, 2 shape, 3 shard, 4 offset, 5 size, 6 masked CRC-32C.
final class TensorFlowCheckpoint {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FLOAT = 1;

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final MemorySegment data;

  private record Entry(List<Long> shape, long offset, long size, int maskedCrc) {}

  private record Pair(String key, ByteBuffer value) {}

  TensorFlowCheckpoint(byte[] index, MemorySegment data) {
    this.data = data;
    var bytes = ByteBuffer.wrap(index).order(ByteOrder.LITTLE_ENDIAN);
    if (index.length < 48 || bytes.getLong(index.length - 8) != MAGIC) {
      throw new BadInput(
          "variables.index is no LevelDB table: its magic number is missing; fetch it again");
    }
    var footer = bytes.slice(index.length - 48, 48).order(ByteOrder.LITTLE_ENDIAN);
    varint(footer); // the handle of the meta index, not needed
    varint(footer);
    for (var block : block(bytes, varint(footer), varint(footer))) {
      for (var pair : block(bytes, varint(block.value), varint(block.value))) {
        if (!pair.key.isEmpty()) { // the empty key holds the header
          entries.put(pair.key, entry(pair.value));
        }
      }
    }
  }

  Iterable<String> names() {
    return entries.keySet();
  }

  long[] shape(String name) {
    return found(name).shape.stream().mapToLong(Long::longValue).toArray();
  }

  /// The float32 numbers of a tensor, its checksum compared.
  MemorySegment floats(String name) {
    var entry = found(name);
    var bytes = data.asSlice(entry.offset, entry.size);
    var crc = new CRC32C();
    crc.update(bytes.asByteBuffer());
    int sum = (int) crc.getValue();
    int masked = ((sum >>> 15) | (sum << 17)) + 0xa282ead8;
    if (masked != entry.maskedCrc) {
      throw new BadInput(
          "the checksum of '%s' does not fit: the download is damaged, delete it".formatted(name));
    }
    return bytes;
  }

  private Entry found(String name) {
    var entry = entries.get(name);
    if (entry == null) {
      throw new BadInput(
          "the checkpoint has no tensor '%s'; is it the right artifact?".formatted(name));
    }
    return entry;
  }

  private static List<Pair> block(ByteBuffer table, long offset, long size) {
    if (offset < 0 || size < 4 || offset + size > table.capacity()) {
      throw new BadInput(
          "variables.index is damaged: a block lies outside the file; fetch it again");
    }
    var block = table.slice((int) offset, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    int restarts = block.getInt((int) size - 4);
    block.limit((int) size - 4 - 4 * restarts);
    var out = new ArrayList<Pair>();
    byte[] key = {};
    while (block.hasRemaining()) {
      int shared = (int) varint(block);
      int fresh = (int) varint(block);
      int length = (int) varint(block);
      var next = Arrays.copyOf(key, shared + fresh);
      block.get(next, shared, fresh);
      key = next;
      var value = block.slice(block.position(), length).order(ByteOrder.LITTLE_ENDIAN);
      block.position(block.position() + length);
      out.add(new Pair(new String(key, StandardCharsets.UTF_8), value));
    }
    return out;
  }

  private static Entry entry(ByteBuffer proto) {
    var shape = new ArrayList<Long>();
    long type = 0;
    long offset = 0;
    long size = 0;
    int crc = 0;
    for (var field : Protobuf.fields(proto)) {
      switch (field.number()) {
        case 1 -> type = field.value();
        case 2 -> {
          for (var dimension : Protobuf.fields(field.bytes())) {
            Protobuf.fields(dimension.bytes()).forEach(d -> shape.add(d.value()));
          }
        }
        case 4 -> offset = field.value();
        case 5 -> size = field.value();
        case 6 -> crc = (int) field.value();
        default -> {}
      }
    }
    if (type != FLOAT) {
      throw new BadInput("the checkpoint holds numbers of type " + type + ", float32 was expected");
    }
    return new Entry(List.copyOf(shape), offset, size, crc);
  }

  private static long varint(ByteBuffer bytes) {
    return Protobuf.varint(bytes);
  }
}
