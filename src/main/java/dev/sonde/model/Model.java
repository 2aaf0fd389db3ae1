package dev.sonde.model;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.hook.Edit;
import dev.sonde.hook.EditList;
import dev.sonde.hook.Hook;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Numerics;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import dev.sonde.weights.SafeTensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// A network that can be read and changed at every [Point].
///
/// A run computes as far as the last point that is watched and no further: no logits unless asked
/// for. What a run makes dies with its blocks, except what a hook keeps. A model may be used by
/// many threads at once.
public final class Model implements AutoCloseable {
  private final SafeTensors file;
  private final ModelConfig config;
  private final List<Integer> stops;
  private final Family family;
  private final Kernels kernels;
  private final Numerics numerics;
  private final boolean owner;

  private Model(
      SafeTensors file,
      ModelConfig config,
      List<Integer> stops,
      Family family,
      Kernels kernels,
      Numerics numerics,
      boolean owner) {
    this.file = file;
    this.config = config;
    this.stops = stops;
    this.family = family;
    this.kernels = kernels;
    this.numerics = numerics;
    this.owner = owner;
  }

  /// Opens a Hugging Face folder (`config.json`, safetensors) and lets the model check itself
  /// ([ModelCheck]).
  ///
  /// @throws BadInput for a family that is not built, a file that is not sound, weights that do not
  ///   fit
  @MustBeClosed
  public static Model open(Path folder, Kernels kernels) {
    return open(folder, kernels, Numerics.DEFAULT);
  }

  /// The same in other numbers than float32.
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the model that is returned closes the file
  public static Model open(Path folder, Kernels kernels, Numerics numerics) {
    return open(folder, new Parts(kernels), numerics);
  }

  /// As the eager code of the reference library computes, where its other code differs (Falcon's
  /// ALiBi). What that changes here is added to `notes`.
  @MustBeClosed
  @SuppressWarnings("MustBeClosed")
  static Model asReference(Path folder, Kernels kernels, Numerics numerics, List<String> notes) {
    return open(folder, new Parts(kernels, Optional.of(notes)), numerics);
  }

  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the model that is returned closes the file
  private static Model open(Path folder, Parts parts, Numerics numerics) {
    numerics.device().mustBeThere();
    var config = Families.complete(ModelConfig.read(folder.resolve("config.json")));
    var loader = Families.of(config);
    var file = SafeTensors.open(folder);
    try (var on = numerics.device().use()) {
      var family = loader.load(config, weights(file, numerics), parts);
      var kernels = parts.kernels();
      var model = new Model(file, config, stops(folder, config), family, kernels, numerics, true);
      checked(model, folder);
      return model;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// Sizes that fit each file but not each other come to light in the engine, on the way.
  private static void checked(Model model, Path folder) {
    try {
      ModelCheck.check(model);
    } catch (RuntimeException e) {
      if (e.getClass() != RuntimeException.class) {
        throw e;
      }
      var said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new BadInput(
          "%s does not run on one short text (%s); do config.json and the weights belong together?"
              .formatted(folder, said),
          e);
    }
  }

  /// The same architecture with weights as before training. It borrows this model's file: close it
  /// first.
  public Model untrained(Seed seed) {
    var rule = Families.initial(config);
    var weights =
        new UntrainedWeights(weights(file, numerics), seed, name -> rule.of(name, config));
    try (var on = numerics.device().use()) {
      var twin = Families.of(config).load(config, weights, new Parts(kernels));
      return new Model(file, config, stops, twin, kernels, numerics, false);
    }
  }

  private static Weights weights(SafeTensors file, Numerics numerics) {
    return new FileWeights(file, numerics.type(), numerics.device());
  }

  public Architecture architecture() {
    return family.architecture();
  }

  public Kernels kernels() {
    return kernels;
  }

  /// In which numbers it computes.
  public Numerics numerics() {
    return numerics;
  }

  /// How many numbers the file holds.
  public long parameters() {
    return file.numbers();
  }

  public SafeTensors file() {
    return file;
  }

  /// See [Family#hiddenEndsNormed].
  boolean hiddenEndsNormed() {
    return family.hiddenEndsNormed();
  }

  /// See [Family#image].
  public Optional<ImageShape> image() {
    return family.image();
  }

  /// See [Family#example].
  Batch example() {
    return family.example();
  }

  /// See [Family#reference].
  public Map<String, Place> reference() {
    return family.reference();
  }

  /// Every point of the network.
  public List<Point> points() {
    var out = new TreeSet<Point>();
    for (var place : family.places()) {
      for (int l = 0; place.perLayer() && l < architecture().layers(); l++) {
        if (family.places(l).contains(place)) {
          out.add(Point.of(place, l));
        }
      }
      if (!place.perLayer()) {
        out.add(Point.of(place));
      }
    }
    return List.copyOf(out);
  }

  /// @throws BadInput for a point that this network does not have, with the reason
  public void mustHave(Point point) {
    if (!family.places().contains(point.place())) {
      throw new BadInput(
          "%s has no %s; it has %s"
              .formatted(
                  architecture().family(),
                  point.place().brief(),
                  String.join(", ", family.places().stream().map(Place::brief).toList())));
    }
    if (point.layer() >= architecture().layers()) {
      throw new BadInput(
          "%s: the network has the layers 0 to %d".formatted(point, architecture().layers() - 1));
    }
    if (point.place().perLayer() && !family.places(point.layer()).contains(point.place())) {
      throw new BadInput(
          "%s: layer %d of this network has no %s, others have; it has %s"
              .formatted(
                  point,
                  point.layer(),
                  point.place().brief(),
                  String.join(
                      ", ", family.places(point.layer()).stream().map(Place::brief).toList())));
    }
  }

  /// Runs the batch as far as the hooks need it.
  ///
  /// A batch that goes on behind caches runs through every layer, and the caches grow.
  ///
  /// @throws IllegalStateException if a hook was never reached
  public void run(Batch batch, Map<Point, List<Hook>> hooks) {
    hooks.keySet().forEach(this::mustHave);
    refuseTooLong(batch);
    refuseOtherCaches(batch);
    int least = batch.caches().isEmpty() ? -1 : architecture().layers() - 1;
    int last = hooks.keySet().stream().mapToInt(this::layerNeeded).reduce(least, Math::max);
    Set<Point> reached;
    try (var on = numerics.device().use();
        var scope = Scope.open()) {
      var pass = new Pass(batch, hooks, kernels);
      reached = pass.reached();
      var resid = Scope.around(() -> family.embed(pass));
      for (int l = 0; l <= Math.min(last, architecture().layers() - 1); l++) {
        int layer = l;
        var before = resid;
        resid = Scope.around(() -> family.block(layer, before, pass));
      }
      if (last >= architecture().layers()) {
        family.finish(resid, pass);
      }
    }
    var missed = new TreeSet<>(hooks.keySet());
    missed.removeAll(reached);
    if (!missed.isEmpty()) {
      throw new IllegalStateException("the forward pass never came to " + missed);
    }
    batch.read();
  }

  private int layerNeeded(Point point) {
    return switch (point.place()) {
      case LN_FINAL, LOGITS -> architecture().layers();
      default -> point.layer();
    };
  }

  /// Reads some points; the tensors live in the innermost open scope of the caller.
  public Taps read(Batch batch, Collection<Point> points) {
    return read(batch, points, Map.of());
  }

  /// Reads some points while edits are made at others (or the same: the edit first).
  public Taps read(Batch batch, Collection<Point> points, Map<Point, Edit> edits) {
    return reading(batch, points, Interventions.of(this, edits).hooks(batch, batch::total));
  }

  /// Reads some points while interventions are made (each before what is read at its point).
  ///
  /// @throws BadInput for an intervention at a point, a head or a position that is not there, or
  ///   with a vector that does not fit
  public Taps read(Batch batch, Collection<Point> points, List<Intervention> edits) {
    var all = Interventions.of(this, edits);
    for (int text = 0; text < batch.size(); text++) {
      all.mustBeIn(text, batch.total(text), batch.total(text));
    }
    return reading(batch, points, all.hooks(batch, batch::total));
  }

  /// Reads some points behind the hooks that are there.
  Taps reading(Batch batch, Collection<Point> points, Map<Point, List<Hook>> hooks) {
    var read = new HashMap<Point, Map<Integer, Tensor>>();
    var caller = Scope.innermost();
    for (var point : points) {
      add(
          hooks,
          point,
          (p, value, block) -> {
            read.computeIfAbsent(p, q -> new HashMap<>()).put(block, caller.adopt(value));
            return value;
          });
    }
    run(batch, hooks);
    return new Taps(batch, read);
  }

  /// The shape that saved edits depend on.
  public EditList.Dims dims() {
    var shape = architecture();
    return new EditList.Dims(
        shape.layers(), shape.dModel(), shape.heads(), shape.keyValueHeads(), shape.dHead());
  }

  /// The gradients, at some points, of a number computed from the logits `[token, vocab]`.
  public Taps gradients(Batch batch, Collection<Point> points, Function<Taps, Tensor> number) {
    var leaves = new HashMap<Point, Edit>();
    for (var place : List.of(Place.TOKEN_EMBED, Place.POS_EMBED, Place.EMBED)) {
      // the embeddings of some families are one table, and begin at their sum
      boolean start = place != Place.EMBED || leaves.isEmpty();
      if (family.places().contains(place) && start) {
        leaves.put(Point.of(place), new Edit.Custom(Tensor::leaf));
      }
    }
    try (var mode = Mode.gradients()) {
      var wanted = new TreeSet<>(points);
      wanted.add(Point.of(Place.LOGITS));
      var taps = read(batch, wanted, leaves);
      var inputs = new ArrayList<Tensor>();
      points.forEach(p -> inputs.addAll(taps.parts(p)));
      var gradients = Nn.gradients(number.apply(taps), inputs).iterator();
      return taps.replaced(points, gradients);
    }
  }

  private void refuseTooLong(Batch batch) {
    if (batch.longest() > architecture().context()) {
      throw new BadInput(
          "a text has %d tokens, but the network takes %d: shorten it or truncate (--truncate)"
              .formatted(batch.longest(), architecture().context()));
    }
  }

  private void refuseOtherCaches(Batch batch) {
    if (batch.caches().stream().anyMatch(cache -> !cache.isOf(this))) {
      throw new IllegalArgumentException("a cache belongs to the model that it was made for");
    }
    if (!batch.fresh()) {
      throw new IllegalStateException(
          "the caches of this batch have read more since: make another");
    }
  }

  /// @throws BadInput for a network whose tokens see what stands behind them
  void mustContinue() {
    if (!architecture().causal()) {
      throw new BadInput(
          "a %s reads both sides of a token and continues no text; a decoder (llama, gpt2, ...) does"
              .formatted(architecture().family()));
    }
  }

  /// The tokens that end a text, as `generation_config.json` or else `config.json` has them.
  public List<Integer> stops() {
    return stops;
  }

  private static List<Integer> stops(Path folder, ModelConfig config) {
    var file = folder.resolve("generation_config.json");
    var key = "eos_token_id";
    var own = Files.isRegularFile(file) ? ModelConfig.read(file) : config.empty();
    return (own.has(key) ? own : config).integers(key);
  }

  private static void add(Map<Point, List<Hook>> hooks, Point point, Hook hook) {
    hooks.computeIfAbsent(point, p -> new ArrayList<>()).add(hook);
  }

  @Override
  public void close() {
    if (owner) {
      file.close();
    }
  }
}
