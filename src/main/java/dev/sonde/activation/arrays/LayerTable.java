package dev.sonde.activation.arrays;

import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A matrix of rows a layer, all of the same rows: what a study of activations needs.
///
/// Matrices are made when asked for, so that a mapped file larger than memory can be walked through
/// layer by layer. `model` says whose they are where the file tells. To be closed at the end.
public final class LayerTable implements AutoCloseable {
  private final String source;
  private final Digest digest;
  private final int rows;
  private final List<Layer> layers;
  private final Optional<Origin> model;
  private final Runnable closing;

  /// A layer's name (`layer.3`, `resid_post.3@mean`), its number (-1: the embeddings) and rows.
  public record Layer(String name, int number, Supplier<Matrix> rows) {
    public Matrix matrix() {
      return rows.get();
    }
  }

  /// Whose activations they are: `kind` says where they were taken from (`store`, `onnx`).
  public record Origin(String model, String kind, Digest weights, String tokenizer) {}

  LayerTable(
      String source,
      Digest digest,
      int rows,
      List<Layer> layers,
      Optional<Origin> model,
      Runnable closing) {
    this.source = source;
    this.digest = digest;
    this.rows = rows;
    this.layers = List.copyOf(layers);
    this.model = model;
    this.closing = closing;
  }

  /// Reads any format ([ArrayFormat]); `position` is for formats that have every token of a text.
  ///
  /// @throws BadInput if there is no such file or it cannot be rows
  public static LayerTable open(String text, String position) {
    var name = ArrayName.parse(text);
    return ArrayFormat.of(name).layers(name, position);
  }

  /// Layers of a network that made them itself.
  public static LayerTable of(
      String source, Digest digest, int rows, List<Layer> layers, Origin model) {
    return new LayerTable(source, digest, rows, layers, Optional.of(model), () -> {});
  }

  /// `n x d`: one layer; `n x L x d`: L layers, `layer.0` first.
  static LayerTable of(ArrayName name, NdArray array) {
    var digest = Digest.of(name.file());
    int rows = array.rows();
    if (array.rank() == 2) {
      var layer = new Layer(name.shortName(), 0, array::toMatrix);
      return new LayerTable(
          name.toString(), digest, rows, List.of(layer), Optional.empty(), () -> {});
    }
    if (array.rank() != 3) {
      throw new BadInput(
          "%s has shape %s; activations are rows x numbers, or rows x layers x numbers"
              .formatted(name, Arrays.toString(array.shape())));
    }
    var layers =
        IntStream.range(0, Math.toIntExact(array.shape()[1]))
            .mapToObj(l -> new Layer("layer." + l, l, () -> slice(array, l)))
            .toList();
    return new LayerTable(name.toString(), digest, rows, layers, Optional.empty(), () -> {});
  }

  /// A matrix a name, all of as many rows.
  static LayerTable of(ArrayName name, List<String> names, List<NdArray> arrays) {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < names.size(); i++) {
      var array = arrays.get(i);
      if (array.rank() != 2 || array.rows() != arrays.getFirst().rows()) {
        throw new BadInput(
            "%s: as a table of layers every array is rows x numbers with the same rows, but '%s' has shape %s beside %s of '%s'; name one with %s#%s"
                .formatted(
                    name.file(),
                    names.get(i),
                    Arrays.toString(array.shape()),
                    Arrays.toString(arrays.getFirst().shape()),
                    names.getFirst(),
                    name.file(),
                    names.get(i)));
      }
      layers.add(new Layer(names.get(i), number(names.get(i), i), array::toMatrix));
    }
    return new LayerTable(
        name.file().toString(),
        Digest.of(name.file()),
        arrays.getFirst().rows(),
        layers,
        Optional.empty(),
        () -> {});
  }

  /// The last run of digits in a name: 7 of `layer7`, of `resid_post.7@mean`.
  static int number(String name, int otherwise) {
    var digits = name.replaceAll("@.*", "").replaceAll("^.*?(\\d{1,9})\\D*$", "$1");
    return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : otherwise;
  }

  private static Matrix slice(NdArray array, int layer) {
    int n = array.rows();
    int d = Math.toIntExact(array.shape()[2]);
    long row = array.width();
    if (array.kind() == NdArray.Kind.FLOAT64) {
      var out = new double[Math.multiplyExact(n, d)];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < d; j++) {
          out[i * d + j] = array.at(i * row + (long) layer * d + j);
        }
      }
      return Matrix.ofDoubles(n, d, out);
    }
    var out = new float[Math.multiplyExact(n, d)];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        out[i * d + j] = (float) array.at(i * row + (long) layer * d + j);
      }
    }
    return Matrix.ofFloats(n, d, out);
  }

  public String source() {
    return source;
  }

  /// Of the file's bytes (of a folder: of its files' digests).
  public Digest digest() {
    return digest;
  }

  public int rows() {
    return rows;
  }

  public List<Layer> layers() {
    return layers;
  }

  public Optional<Origin> model() {
    return model;
  }

  /// @throws BadInput if there is no layer of that name
  public Layer layer(String name) {
    return layers.stream()
        .filter(l -> l.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "%s has no layer '%s'; it has %s"
                    .formatted(
                        source,
                        name,
                        String.join(", ", layers.stream().map(Layer::name).toList()))));
  }

  /// Some of the layers: numbers (`3`), ranges (`0-5`) and names, in the order of the file. All of
  /// them for an empty list.
  ///
  /// @throws BadInput if one of these is no layer
  public LayerTable select(List<String> wanted) {
    if (wanted.isEmpty()) {
      return this;
    }
    var kept = new boolean[layers.size()];
    for (var want : wanted) {
      boolean any = false;
      for (int i = 0; i < kept.length; i++) {
        boolean is = is(layers.get(i), want);
        kept[i] |= is;
        any |= is;
      }
      if (!any) {
        throw new BadInput(
            "%s has no layer %s; it has %s (--layers takes numbers, ranges such as 0-5, and names)"
                .formatted(
                    source, want, String.join(", ", layers.stream().map(Layer::name).toList())));
      }
    }
    var some = IntStream.range(0, kept.length).filter(i -> kept[i]).mapToObj(layers::get).toList();
    return new LayerTable(source, digest, rows, some, model, closing);
  }

  private static boolean is(Layer layer, String want) {
    if (want.matches("\\d{1,9}")) {
      return layer.number() == Integer.parseInt(want);
    }
    if (want.matches("\\d{1,9}-\\d{1,9}")) {
      var ends = want.split("-");
      return layer.number() >= Integer.parseInt(ends[0])
          && layer.number() <= Integer.parseInt(ends[1]);
    }
    return layer.name().equals(want) || layer.name().replaceAll("@.*", "").equals(want);
  }

  @Override
  public void close() {
    closing.run();
  }
}
