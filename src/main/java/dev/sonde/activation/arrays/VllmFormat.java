package dev.sonde.activation.arrays;

import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// What vLLM's hidden-state extraction writes: a safetensors file a request, with `hidden_states`
/// `[tokens, layers, width]` and `token_ids` `[tokens]` (docs.vllm.ai, *Hidden State Extraction*;
/// its connector `ExampleHiddenStatesConnector`).
///
/// A file, or a folder of them: requests in the order of their names, numbers in them by value, so
/// that `2-…` comes before `10-…`. A request is a row, read at its `last` token (so unless said
/// otherwise), its `first`, their `mean`, or `all` (a row a token). The layers are those that were
/// asked of vLLM; the file does not say which, so they are called `layer.0` onward.
final class VllmFormat implements ArrayFormat {
  private static final String STATES = "hidden_states";
  private static final String IDS = "token_ids";

  @Override
  public boolean takes(ArrayName name) {
    if (!name.array().isEmpty()) {
      return false;
    }
    if (Files.isDirectory(name.file())) {
      return true;
    }
    if (!name.endsIn(".safetensors")) {
      return false;
    }
    try (var file = SafeTensors.open(name.file())) {
      return file.has(STATES) && file.has(IDS);
    }
  }

  /// `[requests, layers, width]` at the last token.
  @Override
  public NdArray array(ArrayName name) {
    return read(name, "last").states;
  }

  @Override
  public LayerTable layers(ArrayName name, String position) {
    var read = read(name, position.isEmpty() ? "last" : position);
    var layers =
        IntStream.range(0, Math.toIntExact(read.states.shape()[1]))
            .mapToObj(l -> new LayerTable.Layer("layer." + l, l, layer(read.states, l)))
            .toList();
    return new LayerTable(
        name.toString(), read.digest, read.states.rows(), layers, Optional.empty(), () -> {});
  }

  private record Read(NdArray states, Digest digest) {}

  private static Supplier<Matrix> layer(NdArray states, int l) {
    int d = Math.toIntExact(states.shape()[2]);
    return () -> {
      var out = new float[Math.multiplyExact(states.rows(), d)];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) states.at((i / d) * states.width() + (long) l * d + i % d);
      }
      return Matrix.ofFloats(states.rows(), d, out);
    };
  }

  private static Read read(ArrayName name, String position) {
    var parts = new ArrayList<NdArray>();
    var digests = new StringBuilder();
    for (var file : files(name.file())) {
      parts.add(request(file, position));
      digests.append(Digest.of(file).hex());
      var first = parts.getFirst().shape();
      var own = parts.getLast().shape();
      if (own[1] != first[1] || own[2] != first[2]) {
        throw new BadInput(
            "%s has %d layers of %d numbers, but the files before it %d of %d; are they of one run?"
                .formatted(file, own[1], own[2], first[1], first[2]));
      }
    }
    return new Read(NdArray.joined(parts), Digest.of(digests.toString()));
  }

  private static NdArray request(Path path, String position) {
    try (var file = SafeTensors.open(path)) {
      if (!file.has(STATES)) {
        throw new BadInput(
            "%s has no tensor '%s'; expected vLLM's hidden states, found %s"
                .formatted(path, STATES, file.names().stream().limit(3).toList()));
      }
      var states = SafeTensorsFormat.read(file, STATES);
      if (states.rank() != 3 || states.rows() == 0) {
        throw new BadInput(
            "%s: %s has shape %s; expected tokens x layers x width with a token or more"
                .formatted(path, STATES, Arrays.toString(states.shape())));
      }
      var wide = states.to(NdArray.Kind.FLOAT32);
      return switch (position) {
        case "last" -> wide.slice(wide.rows() - 1, wide.rows());
        case "first" -> wide.slice(0, 1);
        case "all" -> wide;
        case "mean" -> mean(wide);
        default ->
            throw new BadInput(
                "'%s': hidden states of requests are read at last, first, mean or all"
                    .formatted(position));
      };
    }
  }

  private static NdArray mean(NdArray states) {
    int width = Math.toIntExact(states.width());
    var out = new float[width];
    for (int j = 0; j < width; j++) {
      double sum = 0;
      for (int t = 0; t < states.rows(); t++) {
        sum += states.at((long) t * width + j);
      }
      out[j] = (float) (sum / states.rows());
    }
    return NdArray.of(out, 1, states.shape()[1], states.shape()[2]);
  }

  private static List<Path> files(Path file) {
    if (!Files.isDirectory(file)) {
      return List.of(file);
    }
    try (var all = Files.list(file)) {
      var found =
          all.filter(f -> f.toString().endsWith(".safetensors"))
              .sorted(
                  Comparator.comparing(VllmFormat::natural)
                      .thenComparing(f -> f.getFileName().toString()))
              .toList();
      if (found.isEmpty()) {
        throw new BadInput(
            "%s holds neither a store of sonde capture (manifest.json) nor vLLM's hidden states (*.safetensors)"
                .formatted(file));
      }
      return found;
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  /// A name whose numbers are padded, so that they sort by value.
  private static String natural(Path file) {
    var out = new StringBuilder();
    var name = file.getFileName().toString();
    for (int i = 0; i < name.length(); ) {
      int j = i;
      while (j < name.length() && Character.isDigit(name.charAt(j))) {
        j++;
      }
      if (j > i) {
        out.append("0".repeat(Math.max(0, 24 - (j - i)))).append(name, i, j);
        i = j;
      } else {
        out.append(name.charAt(i++));
      }
    }
    return out.toString();
  }
}
