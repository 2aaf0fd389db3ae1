package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.linalg.Basis;
import dev.sonde.token.Tokens;
import java.util.List;

/// What a sentence encoder makes of the texts, as a baseline: the meaning of a sentence as a
/// network of its own holds it, which the network asked about has to beat.
///
/// The mean of the last layer over all tokens, special ones included, at unit length, of the first
/// 256 tokens: what `all-MiniLM-L6-v2` was trained to be used as (Reimers & Gurevych 2019, section
/// 3, pooling MEAN).
record SentenceBaseline(OpenModel encoder) {
  private static final int LONGEST = 256;

  /// Texts whose tokens are in memory at once.
  private static final int SLICE = 1024;

  /// @throws BadInput if the encoder reads images
  SentenceBaseline {
    encoder.tokenizer();
  }

  /// What decides the numbers, for the settings of a run.
  String described() {
    return encoder.name() + " " + encoder.digest().hex();
  }

  Inquiry.Reading reading(List<String> texts, String learner, Walk walk) {
    return new Inquiry.Reading(
        "sentence embedding",
        "%s on the sentence embedding of %s".formatted(learner, encoder.name()),
        embedded(texts, walk),
        Basis.Scaling.COMMON,
        false);
  }

  private Matrix embedded(List<String> texts, Walk walk) {
    var model = encoder.model();
    var all = new Position.All();
    var last = Point.of(Place.RESID_POST, model.architecture().layers() - 1);
    int longest = Math.min(LONGEST, model.architecture().context());
    var tokens =
        encoder.encode(texts, false).stream()
            .map(t -> t.size() > longest ? t.truncated(longest) : t)
            .toList();
    var capture = new Capture(model, List.of(last), List.of(all));
    var out = new double[Math.multiplyExact(tokens.size(), model.architecture().dModel())];
    long total = tokens.stream().mapToLong(Tokens::size).sum();
    long before = 0;
    for (int from = 0; from < tokens.size(); from += SLICE) {
      var some = tokens.subList(from, Math.min(from + SLICE, tokens.size()));
      long past = before;
      Progress progress =
          (name, done, of) -> walk.progress().at("sentence embeddings", past + done, total);
      var rows = capture.run(some, walk.workers(), progress).at(new Site(last, all));
      pool(rows, some, from, out);
      before += rows.rows();
    }
    return Matrix.ofDoubles(tokens.size(), model.architecture().dModel(), out);
  }

  /// The mean of each text's rows, at unit length; the first text is number `at` of `out`.
  private static void pool(Matrix rows, List<Tokens> tokens, int at, double[] out) {
    int d = rows.cols();
    int from = 0;
    for (int i = 0; i < tokens.size(); i++) {
      int count = tokens.get(i).size();
      int to = (at + i) * d;
      double length = 0;
      for (int j = 0; j < d; j++) {
        double sum = 0;
        for (int t = from; t < from + count; t++) {
          sum += rows.at(t, j);
        }
        out[to + j] = sum;
        length += sum * sum;
      }
      length = Math.sqrt(length);
      for (int j = to; j < to + d && length > 0; j++) {
        out[j] /= length;
      }
      from += count;
    }
  }
}
