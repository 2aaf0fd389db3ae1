package dev.sonde.study;

import dev.sonde.data.Npy;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Point;
import dev.sonde.hook.Vector;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Linear;
import dev.sonde.probe.SavedProbe;
import dev.sonde.tensor.Scope;
import dev.sonde.weights.SafeTensors;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Vectors of edits out of files: `FILE.npy`, `FILE.safetensors#TENSOR` (without `#TENSOR`: the
/// tensor named like the point, or the only one), or the direction of a probe that Sonde saved,
/// `probe.safetensors#SITE` (without `#SITE`: the site at the point).
///
/// A mean is taken over the first axis; an array of one axis is taken to be a mean already.
public final class VectorFiles implements Intervention.Source {
  private final OpenModel open;

  /// `open`: the network that is edited; a probe of another one is refused.
  public VectorFiles(OpenModel open) {
    this.open = open;
  }

  @Override
  public Vector read(String name, Point point, boolean mean) {
    int hash = name.lastIndexOf('#');
    var file = path(hash < 0 ? name : name.substring(0, hash));
    var part = hash < 0 ? "" : name.substring(hash + 1);
    if (file.toString().endsWith(".npy")) {
      var array = Npy.read(file);
      var numbers = new double[Math.toIntExact(array.count())];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = array.at(i);
      }
      return vector(name, numbers, array.shape(), mean);
    }
    if (file.toString().endsWith(".safetensors")) {
      return safetensors(name, file, part, point, mean);
    }
    throw new BadInput(
        "'%s' is no vector; give a number, FILE.npy, FILE.safetensors#TENSOR or a saved probe.safetensors"
            .formatted(name));
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new BadInput("'%s' names no file".formatted(name), e);
    }
  }

  private Vector safetensors(String name, Path file, String part, Point point, boolean mean) {
    try (var in = SafeTensors.open(file);
        var scope = Scope.open()) {
      if (SavedProbe.FORMAT.equals(in.metadata().get("format"))) {
        if (mean) {
          throw new BadInput(
              "%s is a probe: it has a direction to add, but no rows to take a mean of"
                  .formatted(file));
        }
        return direction(file, part, point);
      }
      var tensor = part.isEmpty() ? only(in.names(), point, file) : part;
      return vector(name, in.get(tensor).toDoubles(), in.shape(tensor), mean);
    }
  }

  private Vector direction(Path file, String part, Point point) {
    var probe = SavedProbe.read(file);
    probe.mustFit(open.name(), open.digest(), open.reader().brief());
    var site = part.isEmpty() ? site(probe, point, file) : part;
    if (!(probe.at(site) instanceof Linear linear)) {
      throw new BadInput(
          "%s holds a probe of kind %s, which has no single direction to edit by; use a linear one"
              .formatted(file, probe.at(site).kind()));
    }
    return Vector.of(linear.direction(), file + "#" + site);
  }

  /// The best site if it is at the point, else the only one there.
  private static String site(SavedProbe probe, Point point, Path file) {
    var here = probe.sites().keySet().stream().filter(s -> s.startsWith(point + "@")).toList();
    if (here.contains(probe.best()) || here.size() == 1) {
      return here.contains(probe.best()) ? probe.best() : here.getFirst();
    }
    throw new BadInput(
        "%s has %s probe at %s; name a site, as in %s#%s"
            .formatted(file, here.isEmpty() ? "no" : "more than one", point, file, probe.best()));
  }

  private static String only(Set<String> names, Point point, Path file) {
    if (names.contains(point.toString())) {
      return point.toString();
    }
    if (names.size() == 1) {
      return names.iterator().next();
    }
    throw new BadInput(
        "%s has %d tensors and none is called %s; name one, as in %s#%s"
            .formatted(
                file,
                names.size(),
                point,
                file,
                names.stream().sorted().findFirst().orElse("TENSOR")));
  }

  private static Vector vector(String name, double[] numbers, long[] shape, boolean mean) {
    if (mean && shape.length > 1) {
      long width = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
      return Vector.mean(numbers, Math.toIntExact(width), name);
    }
    return Vector.of(numbers, name);
  }

  /// Edits in the order in which they were written.
  public List<Intervention> parse(List<String> edits) {
    return edits.stream().map(edit -> Intervention.parse(edit, this)).toList();
  }
}
