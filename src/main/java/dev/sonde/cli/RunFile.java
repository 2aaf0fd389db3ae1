package dev.sonde.cli;

import dev.sonde.data.NdArray;
import dev.sonde.hook.EditList;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Place;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.study.OpenModel;
import dev.sonde.study.TextRun;
import dev.sonde.tensor.DType;
import dev.sonde.token.Pixels;
import dev.sonde.weights.SafeTensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// What a run captured, as safetensors with a JSON file beside it.
///
/// A tensor a point: `resid_post.3` `[token, width]`, `z.1` `[token, head, d_head]`, the texts one
/// after the other; patterns and scores one a text, `pattern.1/0` `[head, q, k]`. `text_offsets`
/// (I64, texts + 1) says where each text begins, `token_ids` which tokens they are. Under edits
/// these are the numbers with them, and those without stand under `unedited/`.
record RunFile(Path file) {
  static final String SCHEMA = "sonde.run/1";

  private static final String ENDING = ".safetensors";

  /// @throws BadInput for a name that is none of this kind, or nothing to write
  static RunFile at(Path file, List<String> points) {
    if (!file.toString().endsWith(ENDING)) {
      throw new BadInput("--out takes a file that ends in .safetensors, not " + file);
    }
    if (points.isEmpty()) {
      throw new BadInput("--out saves what --capture names: name some points");
    }
    return new RunFile(file);
  }

  void write(OpenModel open, List<Intervention> edits, List<TextRun.Outcome> texts) {
    var tensors =
        new SafeTensorsFile().with("format", SCHEMA).with("model_sha256", open.digest().hex());
    tensors(texts, "", seen -> Optional.of(seen.edited().orElse(seen.plain())), tensors);
    if (!edits.isEmpty()) {
      tensors(texts, "unedited/", seen -> Optional.of(seen.plain()), tensors);
    }
    tensors.with("token_ids", DType.INT64, ids(texts).segment(), ids(texts).count());
    var offsets = offsets(texts);
    tensors.with("text_offsets", DType.INT64, offsets.segment(), offsets.count());
    tensors.write(file);
    AtomicFile.writeString(json(), described(open, edits, texts));
  }

  private Path json() {
    var name = file.getFileName().toString();
    return file.resolveSibling(name.substring(0, name.length() - ENDING.length()) + ".json");
  }

  private static void tensors(
      List<TextRun.Outcome> texts,
      String prefix,
      Function<TextRun.Seen, Optional<NdArray>> side,
      SafeTensorsFile out) {
    for (int p = 0; p < texts.getFirst().seen().size(); p++) {
      var point = texts.getFirst().seen().get(p).point();
      var arrays = new ArrayList<NdArray>();
      for (var text : texts) {
        side.apply(text.seen().get(p)).ifPresent(arrays::add);
      }
      if (point.place().shape() == Place.Shape.PATTERN) {
        for (int i = 0; i < arrays.size(); i++) {
          add(out, prefix + point + "/" + i, arrays.get(i));
        }
      } else {
        add(out, prefix + point, NdArray.joined(arrays));
      }
    }
  }

  private static void add(SafeTensorsFile out, String name, NdArray array) {
    var type =
        switch (array.kind()) {
          case FLOAT64 -> DType.FLOAT64;
          case FLOAT16 -> DType.FLOAT16;
          case BFLOAT16 -> DType.BFLOAT16;
          default -> DType.FLOAT32;
        };
    out.with(name, type, array.segment(), array.shape());
  }

  private static NdArray ids(List<TextRun.Outcome> texts) {
    var out = new ArrayList<Long>();
    texts.forEach(text -> {
      for (int id : text.tokens().ids()) {
        out.add((long) id);
      }
    });
    return integers(out);
  }

  private static NdArray offsets(List<TextRun.Outcome> texts) {
    var out = new ArrayList<>(List.of(0L));
    texts.forEach(text -> out.add(out.getLast() + text.tokens().size()));
    return integers(out);
  }

  private static NdArray integers(List<Long> numbers) {
    var array = numbers.stream().mapToLong(Long::longValue).toArray();
    var bytes = java.lang.foreign.MemorySegment.ofArray(new byte[array.length * Long.BYTES]);
    bytes.copyFrom(java.lang.foreign.MemorySegment.ofArray(array));
    return NdArray.of(NdArray.Kind.INT64, bytes, array.length);
  }

  private String described(OpenModel open, List<Intervention> edits, List<TextRun.Outcome> texts) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("schema", SCHEMA);
    out.put("file", file.getFileName().toString());
    out.put("sha256", Digest.of(file).hex());
    RunTables.origin(open, out);
    var points = out.putArray("points");
    texts.getFirst().seen().forEach(seen -> points.add(seen.point().toString()));
    if (!edits.isEmpty()) {
      out.set("edits", new EditList(open.model().dims(), edits).json());
    }
    var list = out.putArray("texts");
    for (var text : texts) {
      var one = list.addObject();
      one.put("text", text.text());
      one.put(
          "text_sha256",
          text.tokens().image().map(Pixels::digest).orElse(Digest.of(text.text())).hex());
      var tokens = one.putArray("tokens");
      for (int i = 0; i < text.tokens().size(); i++) {
        tokens.add(text.tokens().string(i));
      }
    }
    return out.toPrettyString() + "\n";
  }
}
