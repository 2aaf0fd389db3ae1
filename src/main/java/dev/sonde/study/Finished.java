package dev.sonde.study;

import dev.sonde.evidence.Norms;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Fitted;
import dev.sonde.probe.Linear;
import dev.sonde.probe.LinearMap;
import dev.sonde.tensor.DType;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// What a study has found at its sites so far, a file a site, so that an interrupted one goes on
/// where it was. The folder is named by the study's identity (model, data, every setting): another
/// study finds nothing there.
///
/// Numbers are kept in float64 as they are, so what is read back gives the same bits. A file is
/// whole or absent; one that cannot be read counts as absent.
final class Finished {
  private final Path folder;

  /// An empty path keeps nothing.
  Finished(Path folder) {
    this.folder = folder;
  }

  /// How a finding becomes arrays, and the finding again.
  interface Form<T> {
    Map<String, double[]> arrays(T found);

    T found(Map<String, double[]> arrays);
  }

  /// What is kept under a name, or the work done and kept.
  <T> T at(String name, Form<T> form, Supplier<T> work) {
    if (folder.toString().isEmpty()) {
      return work.get();
    }
    var file = folder.resolve(name + ".safetensors");
    var kept = read(file);
    if (kept.isPresent()) {
      return form.found(kept.get());
    }
    var found = work.get();
    var out = new SafeTensorsFile().with("study", folder.getFileName().toString());
    for (var array : form.arrays(found).entrySet()) {
      out = out.with(array.getKey(), array.getValue(), array.getValue().length);
    }
    out.write(file);
    return found;
  }

  private static Optional<Map<String, double[]>> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var in = SafeTensors.open(file)) {
      var out = new TreeMap<String, double[]>();
      for (var name : in.names()) {
        if (in.type(name) != DType.FLOAT64) {
          return Optional.empty();
        }
        out.put(name, in.segment(name).toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED));
      }
      return Optional.of(out);
    } catch (BadInput damaged) {
      return Optional.empty();
    }
  }

  private static double[] unboxed(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static double[] array(Map<String, double[]> all, String name) {
    var found = all.get(name);
    if (found == null) {
      throw new BadInput("a kept site lacks " + name + "; remove the folder of the unfinished run");
    }
    return found;
  }

  /// Scores alone.
  static final Form<double[]> SCORES =
      new Form<>() {
        @Override
        public Map<String, double[]> arrays(double[] found) {
          return Map.of("scores", found);
        }

        @Override
        public double[] found(Map<String, double[]> all) {
          return array(all, "scores");
        }
      };

  static final Form<LabelTask.Found> TASK =
      new Form<>() {
        @Override
        public Map<String, double[]> arrays(LabelTask.Found f) {
          var out = new TreeMap<String, double[]>();
          put(out, "", Candidate.of(f));
          out.put("nulls", unboxed(f.nulls()));
          out.put("numbers", new double[] {f.memorised(), f.scattered(), f.beside().size()});
          for (int p = 0; p < f.beside().size(); p++) {
            put(out, "beside " + p + " ", f.beside().get(p));
          }
          f.norms().ifPresent(n -> out.put("norms", norms(n)));
          return out;
        }

        @Override
        public LabelTask.Found found(Map<String, double[]> all) {
          var n = array(all, "numbers");
          var own = candidate(all, "");
          return new LabelTask.Found(
              boxed(own.scores()),
              boxed(own.inners()),
              boxed(array(all, "nulls")),
              own.control(),
              n[0],
              n[1],
              own.whole(),
              own.c(),
              IntStream.range(0, (int) n[2])
                  .mapToObj(p -> candidate(all, "beside " + p + " "))
                  .toList(),
              Optional.ofNullable(all.get("norms")).map(Finished::norms));
        }
      };

  private static void put(Map<String, double[]> out, String prefix, Candidate at) {
    var probes = at.whole() instanceof LinearMap map ? map.outputs() : List.of((Linear) at.whole());
    out.put(prefix + "scores", at.scores());
    out.put(prefix + "inner", at.inners());
    out.put(prefix + "c", new double[] {at.c(), at.control()});
    out.put(prefix + "biases", probes.stream().mapToDouble(Linear::bias).toArray());
    out.put(
        prefix + "directions",
        probes.stream().flatMapToDouble(p -> Arrays.stream(p.direction())).toArray());
  }

  private static Candidate candidate(Map<String, double[]> all, String prefix) {
    var c = array(all, prefix + "c");
    return new Candidate(
        array(all, prefix + "scores"),
        array(all, prefix + "inner"),
        c[0],
        c[1],
        probe(array(all, prefix + "directions"), array(all, prefix + "biases")));
  }

  private static Fitted probe(double[] directions, double[] biases) {
    int d = directions.length / biases.length;
    var out = new ArrayList<Linear>();
    for (int k = 0; k < biases.length; k++) {
      out.add(Linear.of(Arrays.copyOfRange(directions, k * d, (k + 1) * d), biases[k]));
    }
    return biases.length == 1 ? out.getFirst() : new LinearMap(out);
  }

  private static double[] norms(Norms n) {
    var out = new double[4 + 2 * n.largest().size()];
    out[0] = n.logMean();
    out[1] = n.logMedian();
    out[2] = n.log95();
    out[3] = n.participation();
    for (int i = 0; i < n.largest().size(); i++) {
      out[4 + 2 * i] = n.largest().get(i).index();
      out[5 + 2 * i] = n.largest().get(i).mean();
    }
    return out;
  }

  private static Norms norms(double[] kept) {
    var largest = new ArrayList<Norms.Dimension>();
    for (int i = 4; i < kept.length; i += 2) {
      largest.add(new Norms.Dimension((int) kept[i], kept[i + 1]));
    }
    return new Norms(kept[0], kept[1], kept[2], largest, kept[3]);
  }
}
