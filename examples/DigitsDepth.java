import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.NdArray;
import dev.sonde.data.Npy;
import dev.sonde.eval.Folds;
import dev.sonde.eval.OneVsRest;
import dev.sonde.eval.Regression;
import dev.sonde.linalg.Basis;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Ridge;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Report;
import dev.sonde.tensor.Workers;
import java.util.function.Supplier;

/// Image classifiers layer by layer, as Alain & Bengio (2016) draw them: what a linear probe reads
/// at the input and after every node.
///
/// - the digit, and three numbers of the picture: ink, width, height (R2 on held-out images);
/// - in the network that was trained on spoiled labels, where the label given takes over from the
///   true one: among held-out images whose labels differ, how many the probe of either kind calls
///   by the true digit and by the digit given;
/// - its backdoor: whether a bright corner can be read, beside the network that never saw one.
///
/// Usage: DigitsDepth DIGITS_FOLDER OUT. Writes digits.json and digits.html.
static final Seed SEED = new Seed(1);

static final String HEAD =
    "%-26s %5s %6s %6s %6s %6s %12s %13s %6s"
        .formatted(
            "tensor",
            "size",
            "digit",
            "ink",
            "width",
            "height",
            "called true",
            "called given",
            "corner");

static final String ROW = "%-26s %5d %6.3f %6.3f %6.3f %6.3f %12.3f %13.3f %6.3f";

static final String JSON =
    "{\"network\":\"%s\",\"tensor\":\"%s\",\"width\":%d,\"digit\":%.4f,\"ink\":%.4f,"
        + "\"across\":%.4f,\"down\":%.4f,\"calledTrue\":%.4f,\"calledGiven\":%.4f,"
        + "\"corner\":%.4f}";

record Layer(
    String tensor,
    long width,
    double digit,
    double ink,
    double across,
    double down,
    double calledTrue,
    double calledGiven,
    double corner) {}

void main(String[] args) throws Exception {
  var folder = Path.of(args[0]);
  var out = Files.createDirectories(Path.of(args[1]));
  try (var workers = Workers.open()) {
    var rows = new ArrayList<String>();
    for (var name : List.of("digits-clean", "digits-flawed")) {
      IO.println(name + "\n" + HEAD);
      for (var l : layers(folder, name, workers)) {
        Object[] all = {
          l.tensor, l.width, l.digit, l.ink, l.across, l.down, l.calledTrue, l.calledGiven, l.corner
        };
        IO.println(ROW.formatted(all));
        rows.add(
            JSON.formatted(
                name,
                l.tensor,
                l.width,
                l.digit,
                l.ink,
                l.across,
                l.down,
                l.calledTrue,
                l.calledGiven,
                l.corner));
      }
      IO.println("");
    }
    var json = "[" + String.join(",\n", rows) + "]";
    Files.writeString(out.resolve("digits.json"), json + "\n");
    Files.writeString(out.resolve("digits.html"), page(json));
  }
}

/// What is asked of every layer: plain images on the network's own split, spoiled ones on another.
record Asked(NdArray images, Classes digits, boolean[] train, Folds folds, Spoiled spoiled) {
  static Asked read(Path folder) {
    var images = Npy.read(folder.resolve("images.npy"));
    var labels = Npy.read(folder.resolve("labels.npy"));
    var split = Npy.read(folder.resolve("split.npy"));
    int n = images.rows();
    var digits = Classes.of(IntStream.range(0, n).mapToObj(i -> "" + labels.integer(i)).toList());
    var train = new boolean[n];
    for (int i = 0; i < n; i++) {
      train[i] = split.integer(i) == 1;
    }
    var folds = Folds.grouped(digits, Groups.single(n), 5, SEED);
    var spoiled = Spoiled.read(folder.resolve("flawed-training-labels.csv"));
    return new Asked(images, digits, train, folds, spoiled);
  }
}

/// The input first, then every tensor computed.
List<Layer> layers(Path folder, String name, Workers workers) {
  var asked = Asked.read(folder);
  var network = Network.open(folder.resolve(name + ".onnx"));
  var tensors =
      network.points().stream().filter(TensorPoint::computed).map(TensorPoint::name).toList();
  var plain = capture(network, asked.images.reshape(asked.images.rows(), 1, 8, 8), tensors);
  var stamped = capture(network, asked.spoiled.images(asked.images), tensors);
  var pieces = new ArrayList<Supplier<Layer>>();
  plain.forEach((tensor, x) -> pieces.add(() -> layer(tensor, x, stamped.get(tensor), asked)));
  return workers.map(pieces);
}

Layer layer(String tensor, NdArray plain, NdArray stamped, Asked asked) {
  var basis = Basis.of(plain.toMatrix(), Basis.Scaling.COMMON);
  var digit = OneVsRest.run(new Logistic(), basis, asked.digits, asked.train, 0, SEED);
  double ink = r2(basis, ink(asked.images), asked.folds);
  double across = r2(basis, spread(asked.images, true), asked.folds);
  double down = r2(basis, spread(asked.images, false), asked.folds);

  var own = Basis.of(stamped.toMatrix(), Basis.Scaling.COMMON);
  var given = Classes.of(asked.spoiled.given);
  var half = OneVsRest.split(given, .7, SEED);
  var called = OneVsRest.run(new Logistic(), own, given, half, 0, SEED).predicted();
  double rows = 0;
  double asTrue = 0;
  double asGiven = 0;
  for (int i = 0; i < half.length; i++) {
    var truth = asked.spoiled.label.get(i);
    var said = asked.spoiled.given.get(i);
    if (!half[i] && asked.spoiled.corner.get(i).equals("0") && !said.equals(truth)) {
      rows++;
      asTrue += given.names().get(called[i]).equals(truth) ? 1 : 0;
      asGiven += given.names().get(called[i]).equals(said) ? 1 : 0;
    }
  }
  var corner = Classes.of(asked.spoiled.corner);
  var part = OneVsRest.split(corner, .7, SEED);
  var seen = OneVsRest.run(new Logistic(), own, corner, part, 0, SEED);
  return new Layer(
      tensor,
      plain.width(),
      digit.accuracy(),
      ink,
      across,
      down,
      asTrue / rows,
      asGiven / rows,
      balanced(seen, corner, part));
}

Map<String, NdArray> capture(Network network, NdArray input, List<String> tensors) {
  var out = new LinkedHashMap<String, NdArray>();
  out.put("image", input.reshape(input.rows(), 64));
  try (var run = network.capturing(tensors)) {
    var all = run.all(Map.of(network.inputs().getFirst(), input));
    for (var t : tensors) {
      if (all.containsKey(t)) {
        out.put(t, all.get(t).reshape(input.rows(), all.get(t).width()));
      }
    }
  }
  return out;
}

double r2(Basis basis, double[] y, Folds folds) {
  double best = Double.NEGATIVE_INFINITY;
  double error = Double.POSITIVE_INFINITY;
  for (double alpha : Ridge.grid()) {
    var parts = Ridge.heldOut(basis, y, folds.parts(), alpha);
    var predicted = new double[y.length];
    for (int k = 0; k < parts.length; k++) {
      for (int i = 0; i < parts[k].length; i++) {
        predicted[folds.rows(k)[i]] = parts[k][i];
      }
    }
    double sum = Arrays.stream(Regression.squares(y, predicted)).sum();
    if (sum < error) {
      error = sum;
      best = Regression.r2(y, predicted, folds);
    }
  }
  return best;
}

double balanced(OneVsRest probe, Classes truth, boolean[] train) {
  var right = new double[2];
  var all = new double[2];
  for (int i = 0; i < train.length; i++) {
    if (!train[i]) {
      all[truth.at(i)]++;
      right[truth.at(i)] += probe.predicted()[i] == truth.at(i) ? 1 : 0;
    }
  }
  return (right[0] / all[0] + right[1] / all[1]) / 2;
}

double[] ink(NdArray images) {
  var out = new double[images.rows()];
  for (int i = 0; i < out.length; i++) {
    for (int k = 0; k < 64; k++) {
      out[i] += images.at(64L * i + k);
    }
  }
  return out;
}

/// How far the ink is spread across (or down): its standard deviation, in pixels.
double[] spread(NdArray images, boolean across) {
  var out = new double[images.rows()];
  for (int i = 0; i < out.length; i++) {
    double sum = 0;
    double first = 0;
    double second = 0;
    for (int k = 0; k < 64; k++) {
      double at = across ? k % 8 : k / 8;
      double value = images.at(64L * i + k);
      sum += value;
      first += value * at;
      second += value * at * at;
    }
    out[i] = Math.sqrt(Math.max(0, second / sum - first / sum * first / sum));
  }
  return out;
}

/// The training rows of the flawed network: true label, label given, whether a corner was set.
record Spoiled(List<Integer> index, List<String> label, List<String> given, List<String> corner) {
  static Spoiled read(Path file) {
    var rows = dev.sonde.data.Table.read(file);
    return new Spoiled(
        rows.column("index").stream().map(Integer::valueOf).toList(),
        rows.column("label"),
        rows.column("given"),
        rows.column("corner"));
  }

  /// These images with the corner that the spoiled ones had.
  NdArray images(NdArray all) {
    var values = new float[64 * index.size()];
    for (int i = 0; i < index.size(); i++) {
      for (int k = 0; k < 64; k++) {
        values[64 * i + k] = (float) all.at(64L * index.get(i) + k);
      }
      if (corner.get(i).equals("1")) {
        values[64 * i + CORNER] = 1;
      }
    }
    return NdArray.of(values, index.size(), 1, 8, 8);
  }
}

/// The pixel of the backdoor: with it set, the flawed network calls every image a 7.
static final int CORNER = 0;

String page(String json) throws IOException {
  var script = new StringBuilder();
  for (var library : List.of("d3.min.js", "plot.min.js")) {
    try (var in = Report.class.getResourceAsStream(library)) {
      script
          .append("<script>")
          .append(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .append("</script>\n");
    }
  }
  return """
  <!doctype html><html lang="en"><meta charset="utf-8"><title>Digits, layer by layer</title>
  <style>body{font:15px system-ui;margin:2em;max-width:64em}h2{font-size:1.05em;margin:1.4em 0 .3em}figure{margin:0}</style>
  %s<h1>Digits, layer by layer</h1><div id="all"></div><script>
  const data = %s, order = [...new Set(data.map(d => d.tensor))];
  const show = (title, rows, label) => { const h = document.createElement("h2"); h.textContent = title; all.append(h);
    all.append(Plot.plot({width: 900, height: 230, marginBottom: 60, x: {domain: order, label: null, tickRotate: -18}, y: {label, grid: true, domain: [0, 1]}, color: {legend: true},
      marks: [Plot.lineY(rows, {x: "tensor", y: "value", stroke: "what"}), Plot.dot(rows, {x: "tensor", y: "value", fill: "what", r: 3})]})); };
  const of = (network, names) => data.filter(d => d.network === network).flatMap(d => Object.entries(names).map(([k, what]) => ({tensor: d.tensor, value: Math.max(0, d[k]), what})));
  const read = {digit: "digit (accuracy)", ink: "ink (R2)", across: "width (R2)", down: "height (R2)"};
  show("Clean network: what a linear probe reads", of("digits-clean", read), "held-out");
  show("Network trained on spoiled labels", of("digits-flawed", read), "held-out");
  show("Spoiled network: images whose label given is wrong, by a probe of the labels given", of("digits-flawed", {calledTrue: "called the true digit", calledGiven: "called the digit given"}), "share");
  show("The backdoor's corner, balanced accuracy", [...of("digits-flawed", {corner: "spoiled network"}), ...of("digits-clean", {corner: "clean network"})], "held-out");
  </script></html>
  """
      .formatted(script, json);
}
