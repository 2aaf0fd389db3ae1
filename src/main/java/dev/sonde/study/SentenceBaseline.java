package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.token.Tokens;
import java.util.List;

/// What a sentence encoder makes of the texts, as a baseline: the meaning of a sentence as a network
/// of its own holds it, which the network asked about has to beat.
///
/// The mean of the last layer over all tokens, special ones included, at unit length, of the first
/// 256 tokens: what `all-MiniLM-L6-v2` was trained to be used as (Reimers & Gurevych 2019, section
/// 3, pooling MEAN).
record SentenceBaseline(OpenModel encoder) {
  private static final int LONGEST = 256;

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
    var rows =
        new Capture(model, List.of(last), List.of(all))
            .run(
                tokens,
                walk.workers(),
                (name, done, total) -> walk.progress().at("sentence embeddings", done, total))
            .at(new Site(last, all));
    return pooled(rows, tokens);
  }

  /// The mean of each text's rows, at unit length.
  static Matrix pooled(Matrix rows, List<Tokens> tokens) {
    int d = rows.cols();
    var out = new double[Math.multiplyExact(tokens.size(), d)];
    int from = 0;
    for (int i = 0; i < tokens.size(); i++) {
      int count = tokens.get(i).size();
      double length = 0;
      for (int j = 0; j < d; j++) {
        double sum = 0;
        for (int t = from; t < from + count; t++) {
          sum += rows.at(t, j);
        }
        out[i * d + j] = sum;
        length += sum * sum;
      }
      length = Math.sqrt(length);
      for (int j = i * d; j < (i + 1) * d && length > 0; j++) {
        out[j] /= length;
      }
      from += count;
    }
    return Matrix.ofDoubles(tokens.size(), d, out);
  }
}
