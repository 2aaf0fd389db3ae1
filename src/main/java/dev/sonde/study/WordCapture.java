package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Activations of places in texts, a row a place: the mean over its tokens. Texts go through the
/// network a few at a time, so that only the rows asked for stay.
final class WordCapture {
  private static final int TEXTS = 256;

  private final Model model;
  private final List<Point> points;
  private final Workers workers;
  private final Progress progress;

  WordCapture(Model model, List<Point> points, Workers workers, Progress progress) {
    this.model = model;
    this.points = points;
    this.workers = workers;
    this.progress = progress;
  }

  /// What the rows of all points take.
  static long bytes(Model model, List<Point> points, int places) {
    return 4L * places * points.size() * model.architecture().dModel();
  }

  /// Places in the order of their texts.
  Map<Point, Matrix> run(List<Tokens> texts, List<TokenLabels.Place> places, RowSpace space) {
    var out = new LinkedHashMap<Point, Matrix>();
    int width = model.architecture().dModel();
    points.forEach(p -> out.put(p, space.matrix(places.size(), width)));
    var capture = new Capture(model, points, List.of(new Position.All()));
    int place = 0;
    for (int from = 0; from < texts.size(); from += TEXTS) {
      var some = texts.subList(from, Math.min(texts.size(), from + TEXTS));
      var captured = capture.run(some, workers, Progress.NONE);
      int end = place;
      while (end < places.size() && places.get(end).text() < from + some.size()) {
        end++;
      }
      var first = firsts(some);
      var pieces = new ArrayList<Supplier<Integer>>();
      int begin = place;
      int past = end;
      int base = from;
      for (var point : points) {
        var rows = captured.at(new Site(point, new Position.All()));
        var target = out.get(point);
        pieces.add(() -> {
          for (int i = begin; i < past && target != null; i++) {
            pool(rows, places.get(i), first[places.get(i).text() - base], target, i);
          }
          return past - begin;
        });
      }
      workers.map(pieces);
      place = end;
      progress.at("capture (texts)", from + some.size(), texts.size());
    }
    return out;
  }

  private static int[] firsts(List<Tokens> texts) {
    var out = new int[texts.size()];
    IntStream.range(1, out.length).forEach(i -> out[i] = out[i - 1] + texts.get(i - 1).size());
    return out;
  }

  private static void pool(
      Matrix rows, TokenLabels.Place place, int first, Matrix target, int row) {
    int d = rows.cols();
    for (int j = 0; j < d; j++) {
      double sum = 0;
      for (int t = place.from(); t < place.to(); t++) {
        sum += rows.at(first + t, j);
      }
      target
          .segment()
          .set(
              ValueLayout.JAVA_FLOAT_UNALIGNED,
              4L * ((long) row * d + j),
              (float) (sum / (place.to() - place.from())));
    }
  }
}
