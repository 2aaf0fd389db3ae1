package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Device;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Numerics;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.SafeTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Is our forward pass equal to the reference library's? A model folder with a
/// `reference.safetensors` beside it (docs/verify.md) is compared tensor by tensor at the real
/// positions: in hidden states, residual stream, attention patterns, raw module outputs, logits and
/// gradients.
///
/// Every tensor of the reference is either compared or listed with the reason why not.
public final class Verification {
  private static final String PIXELS = "pixel_values";
  private static final List<String> INPUTS = List.of("input_ids", "attention_mask", PIXELS);
  private static final String FILE = "reference.safetensors";
  private static final Pattern NUMBERED = Pattern.compile("([a-z_.]+?)\\.(\\d+)");

  /// The largest difference at real positions over the largest absolute value there, and the cosine
  /// of all numbers there.
  public record Compared(
      String tensor, String point, double difference, int text, int position, double cosine) {}

  /// `notCompared`: tensor → reason. `notes`: where this comparison computed as the reference's
  /// eager code does and other commands do not (docs/verify.md).
  public record Result(
      Path folder,
      String family,
      List<Compared> compared,
      Map<String, String> notCompared,
      List<String> notes) {
    public double largest() {
      return compared.stream().mapToDouble(Compared::difference).max().orElse(0);
    }

    /// The tensor that points furthest from where the reference's points.
    public Compared furthest() {
      return compared.stream()
          .min((a, b) -> Double.compare(a.cosine, b.cosine))
          .orElseThrow(() -> new BadInput(folder + " has no tensor that could be compared"));
    }

    /// The worst tensor.
    public Compared worst() {
      return compared.stream()
          .max((a, b) -> Double.compare(a.difference, b.difference))
          .orElseThrow(() -> new BadInput(folder + " has no tensor that could be compared"));
    }
  }

  private final SafeTensors reference;
  private final Model model;
  private final List<int[]> realAt = new ArrayList<>();
  private final Batch batch;
  private final Map<String, String> skipped = new TreeMap<>();

  private Verification(SafeTensors reference, Model model, Path folder) {
    this.reference = reference;
    this.model = model;
    batch = reference.has(PIXELS) ? images() : texts(folder);
  }

  /// Compares one folder.
  ///
  /// @throws BadInput if the model or its reference cannot be opened
  public static Result of(Path folder, Kernels kernels) {
    return of(folder, kernels, Numerics.DEFAULT);
  }

  /// The same in other numbers: how far float32 is from float64, and bfloat16 from float32.
  public static Result of(Path folder, Kernels kernels, Numerics numerics) {
    if (!Files.isRegularFile(folder.resolve(FILE))) {
      throw new BadInput(
          "%s has no %s to compare with; docs/verify.md has the script that writes one"
              .formatted(folder, FILE));
    }
    var notes = new ArrayList<String>();
    try (var model = Model.asReference(folder, kernels, numerics, notes);
        var reference = SafeTensors.open(folder.resolve(FILE))) {
      return new Verification(reference, model, folder).run(folder, notes);
    }
  }

  private Batch images() {
    try (var scope = Scope.open()) {
      var pixels = reference.get(PIXELS);
      var images = new ArrayList<float[]>();
      int tokens = model.architecture().context();
      for (int i = 0; i < pixels.size(0); i++) {
        images.add(pixels.select(0, i).toFloats());
        realAt.add(java.util.stream.IntStream.range(0, tokens).toArray());
      }
      return Batch.ofImages(images, tokens);
    }
  }

  private Batch texts(Path folder) {
    for (var name : List.of("input_ids", "attention_mask")) {
      if (!reference.has(name) || reference.shape(name).length != 2) {
        throw new BadInput(
            "%s needs `%s` of shape [text, pos]; docs/verify.md has the script that writes it"
                .formatted(folder.resolve(FILE), name));
      }
    }
    try (var scope = Scope.open()) {
      int width = (int) reference.shape("input_ids")[1];
      long[] ids = reference.get("input_ids").toLongs();
      long[] mask = reference.get("attention_mask").toLongs();
      var texts = new ArrayList<int[]>();
      for (int row = 0; row * width < ids.length; row++) {
        int from = row * width;
        var real =
            java.util.stream.IntStream.range(0, width).filter(i -> mask[from + i] != 0).toArray();
        realAt.add(real);
        texts.add(java.util.Arrays.stream(real).map(i -> (int) ids[from + i]).toArray());
      }
      return Batch.of(texts).alike();
    }
  }

  private Result run(Path folder, List<String> notes) {
    var wanted = new TreeMap<String, Point>();
    var gradients = new TreeMap<String, Point>();
    for (var name : reference.names()) {
      sort(name, wanted, gradients);
    }
    var compared = new ArrayList<Compared>();
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      var taps = model.read(batch, new java.util.TreeSet<>(wanted.values()));
      wanted.forEach((name, point) -> compare(name, point, taps, compared));
    }
    if (!gradients.isEmpty()) {
      try (var scope = Scope.open()) {
        var taps = gradients(new java.util.TreeSet<>(gradients.values()));
        gradients.forEach((name, point) -> compare(name, point, taps, compared));
      }
    }
    if (batch.isTurnedOtherwise()) {
      notes.add(
          "every text is turned as the longest of the batch, as the reference does; every other command turns a text by its own length");
    }
    return new Result(folder, model.architecture().family(), compared, skipped, List.copyOf(notes));
  }

  /// Finds the point of a reference tensor, or says why there is none.
  private void sort(String name, Map<String, Point> wanted, Map<String, Point> gradients) {
    if (INPUTS.contains(name)) {
      return; // the input itself
    }
    boolean gradient = name.startsWith("grad.");
    var plain = gradient ? name.substring("grad.".length()) : name;
    var numbered = NUMBERED.matcher(plain);
    try {
      var point =
          numbered.matches()
              ? point(numbered.group(1), Integer.parseInt(numbered.group(2)))
              : Point.parse(plain);
      model.mustHave(point);
      (gradient ? gradients : wanted).put(name, point);
    } catch (BadInput e) {
      skipped.put(name, String.valueOf(e.getMessage()));
    }
  }

  private Point point(String kind, int number) {
    int layers = model.architecture().layers();
    if (kind.equals("hidden")) {
      if (number == 0) {
        return Point.of(Place.EMBED);
      }
      boolean normed = number == layers && model.hiddenEndsNormed();
      return normed ? Point.of(Place.LN_FINAL) : Point.residPost(number - 1);
    }
    if (kind.endsWith("_raw")) {
      var place = model.reference().get(kind);
      if (place == null) {
        throw new BadInput(
            "the module's raw output is no place of " + model.architecture().family());
      }
      return Point.of(place, number);
    }
    return Point.parse(kind + "." + number);
  }

  private Taps gradients(Collection<Point> points) {
    return model.gradients(
        batch,
        points,
        taps -> {
          var parts = new ArrayList<Tensor>();
          for (int r = 0; r < batch.size(); r++) {
            var logits = taps.of(Point.of(Place.LOGITS), r);
            int read = reference.has(PIXELS) ? 0 : batch.length(r) - 1;
            parts.add(logits.select(0, read).narrow(0, r + 3, 1));
          }
          return Tensor.cat(0, parts).sum();
        });
  }

  private void compare(String name, Point point, Taps taps, List<Compared> compared) {
    var expected = expected(name, point, taps);
    var theirs = real(point, expected.select(0, 0), 0).shape();
    var ours = taps.of(point, 0).shape();
    if (java.util.Arrays.equals(theirs, ours)) {
      compared.add(compare(name, point, taps, expected));
    } else {
      skipped.put(
          name,
          "its shape is %s, that of %s is %s"
              .formatted(
                  java.util.Arrays.toString(theirs), point, java.util.Arrays.toString(ours)));
    }
  }

  /// What the reference has, or, of one answer an image, that answer at the first token and ours at
  /// the others, which it does not give.
  private Tensor expected(String name, Point point, Taps taps) {
    var theirs = reference.get(name);
    if (!reference.has(PIXELS) || point.place() != Place.LOGITS || theirs.rank() != 2) {
      return theirs;
    }
    var all = new ArrayList<Tensor>();
    for (int r = 0; r < batch.size(); r++) {
      var ours = taps.of(point, r);
      var rest = ours.narrow(0, 1, ours.size(0) - 1);
      all.add(Tensor.cat(0, List.of(theirs.select(0, r).unsqueeze(0), rest)));
    }
    return Tensor.stack(0, all);
  }

  private Compared compare(String name, Point point, Taps taps, Tensor expected) {
    double scale = 0;
    double both = 0;
    double ours = 0;
    double theirs = 0;
    double worst = -1;
    int text = 0;
    int position = 0;
    for (int r = 0; r < batch.size(); r++) {
      var want = real(point, expected.select(0, r), r);
      var have = taps.of(point, r).on(Device.CPU);
      both += product(have, want);
      ours += product(have, have);
      theirs += product(want, want);
      var difference = perPosition(point, have.minus(want));
      scale = Math.max(scale, want.abs().max().item());
      for (int i = 0; i < difference.length; i++) {
        if (!(difference[i] <= worst)) {
          worst = difference[i];
          text = r;
          position = realAt.get(r)[i];
        }
      }
    }
    double cosine = both / Math.sqrt(Math.max(ours * theirs, Double.MIN_NORMAL));
    double off = worst / Math.max(scale, 1e-30);
    return new Compared(name, point.toString(), off, text, position, cosine);
  }

  private static double product(Tensor a, Tensor b) {
    return a.to(DType.FLOAT64).times(b.to(DType.FLOAT64)).sum().item();
  }

  /// The largest absolute difference at each position of a text.
  private static double[] perPosition(Point point, Tensor difference) {
    var rows =
        point.place().shape() == Place.Shape.PATTERN ? difference.transpose(0, 1) : difference;
    int positions = (int) rows.size(0);
    var out = new double[positions];
    var flat = rows.reshape(positions, -1).abs().toDoubles();
    int width = flat.length / positions;
    for (int i = 0; i < flat.length; i++) {
      double value = flat[i];
      if (!(value <= out[i / width])) {
        out[i / width] = value;
      }
    }
    return out;
  }

  /// The real positions of row `r` of a reference tensor.
  private Tensor real(Point point, Tensor row, int r) {
    var at = java.util.Arrays.stream(realAt.get(r)).asLongStream().toArray();
    var ids = Tensor.of(at, at.length);
    return point.place().shape() == Place.Shape.PATTERN
        ? row.pick(1, ids).pick(2, ids)
        : row.pick(0, ids);
  }
}
