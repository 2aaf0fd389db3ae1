package dev.sonde.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The checked header of one safetensors file: where each tensor lies. Nothing in it is trusted.
record Header(Map<String, Entry> entries, Map<String, String> metadata) {
  private static final long LARGEST = 100_000_000;
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /// `from` and `to` count from the start of the file.
  record Entry(String name, DType type, List<Long> shape, long from, long to) {
    long[] dimensions() {
      return shape.stream().mapToLong(Long::longValue).toArray();
    }
  }

  static Header read(Path file, MemorySegment bytes) {
    if (bytes.byteSize() < 8) {
      throw bad(
          file,
          "it has %d bytes, too few even for the length of a header".formatted(bytes.byteSize()));
    }
    long length = bytes.get(JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 2 || length > LARGEST || length > bytes.byteSize() - 8) {
      throw bad(
          file,
          "its header claims %s bytes in a file of %d"
              .formatted(Long.toUnsignedString(length), bytes.byteSize()));
    }
    var text = new String(bytes.asSlice(8, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    try {
      return parse(file, STRICT.readTree(text), 8 + length, bytes.byteSize());
    } catch (JacksonException e) {
      throw bad(file, "its header is no valid JSON (" + e.getOriginalMessage() + ")");
    }
  }

  private static Header parse(Path file, JsonNode json, long base, long end) {
    if (!json.isObject()) {
      throw bad(file, "its header is no JSON object");
    }
    var entries = new LinkedHashMap<String, Entry>();
    var metadata = new LinkedHashMap<String, String>();
    for (var property : json.properties()) {
      if (property.getKey().equals("__metadata__")) {
        property
            .getValue()
            .properties()
            .forEach(p -> metadata.put(p.getKey(), p.getValue().asString()));
      } else {
        entries.put(
            property.getKey(), entry(file, property.getKey(), property.getValue(), base, end));
      }
    }
    refuseOverlap(file, entries);
    return new Header(entries, metadata);
  }

  private static Entry entry(Path file, String name, JsonNode json, long base, long end) {
    var dtype = json.path("dtype").asString("");
    var type =
        Arrays.stream(DType.values())
            .filter(d -> d.safetensors().equals(dtype))
            .findFirst()
            .orElseThrow(() ->
                bad(
                    file,
                    "tensor '%s' is of type '%s', which is not known here".formatted(name, dtype)));
    var offsets = json.path("data_offsets");
    if (!json.path("shape").isArray() || offsets.size() != 2) {
      throw bad(file, "tensor '%s' lacks its shape or its two data_offsets".formatted(name));
    }
    var shape = shape(file, name, json.path("shape"));
    long numbers = shape.stream().reduce(1L, (x, y) -> x * y);
    long from = offset(offsets.get(0));
    long to = offset(offsets.get(1));
    if (from < 0 || to < from || to > end - base) {
      throw bad(
          file,
          "tensor '%s' should lie at %s, but the file holds %d bytes of data: it is cut short or damaged"
              .formatted(name, offsets, end - base));
    }
    if (to - from != numbers * type.bytes()) {
      throw bad(
          file,
          "tensor '%s' of shape %s and type %s takes %d bytes, but its offsets %s span %d"
              .formatted(name, shape, dtype, numbers * type.bytes(), offsets, to - from));
    }
    return new Entry(name, type, shape, base + from, base + to);
  }

  private static List<Long> shape(Path file, String name, JsonNode json) {
    long numbers = 1;
    var shape = new ArrayList<Long>();
    for (var n : json) {
      long size = n.isIntegralNumber() && n.canConvertToLong() ? n.longValue() : -1;
      if (size < 0 || (size > 0 && numbers > Long.MAX_VALUE / 16 / size)) {
        throw bad(file, "tensor '%s' has the impossible shape %s".formatted(name, json));
      }
      numbers *= size;
      shape.add(size);
    }
    return List.copyOf(shape);
  }

  private static long offset(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
  }

  private static void refuseOverlap(Path file, Map<String, Entry> entries) {
    var inOrder =
        entries.values().stream()
            .filter(e -> e.to > e.from)
            .sorted(Comparator.comparingLong(Entry::from))
            .toList();
    for (int i = 1; i < inOrder.size(); i++) {
      if (inOrder.get(i).from < inOrder.get(i - 1).to) {
        throw bad(
            file,
            "tensors '%s' and '%s' overlap"
                .formatted(inOrder.get(i - 1).name, inOrder.get(i).name));
      }
    }
  }

  private static BadInput bad(Path file, String what) {
    return new BadInput(
        "%s is no sound safetensors file: %s; fetch it again".formatted(file, what));
  }
}
