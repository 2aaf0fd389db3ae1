package dev.sonde.cli;

import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.activation.Store;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Probe;
import dev.sonde.probe.SavedProbe;
import dev.sonde.sequence.Aggregation;
import dev.sonde.sequence.Sequences;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// `sonde score --aggregate`: a probe of rows read at every token, the scores put together.
final class ScoreAggregate {
  @Option(
      names = "--aggregate",
      paramLabel = "HOW",
      description =
          "read the probe at every token (special ones aside) and put the scores together: last, mean, max, softmax:2, ema:0.5, rolling-mean:16, max-rolling-mean:10")
  private String how = "";

  boolean asked() {
    return !how.isEmpty();
  }

  /// One score a text.
  double[] over(Probe probe, Sequences x) {
    var together = Aggregation.parse(how);
    var scores = probe.scores(x.rows());
    var out = new double[x.texts()];
    for (int i = 0; i < out.length; i++) {
      var own = Arrays.stream(x.tokens(i)).mapToDouble(r -> scores[r]).toArray();
      if (own.length == 0) {
        throw new BadInput("text %d has no token that counts".formatted(i + 1));
      }
      out[i] = together.over(own);
    }
    return out;
  }

  /// On a folder of `sonde capture --position all`.
  void stored(SavedProbe saved, String site, Path folder, boolean json, PrintWriter out) {
    int at = site.lastIndexOf('@');
    var point = Point.parse(at < 0 ? site : site.substring(0, at));
    var all = new Site(point, new Position.All()).toString();
    try (var store = Store.open(folder)) {
      var identity = store.identity();
      saved.mustFit(identity.model(), identity.weights(), identity.tokenizer());
      var probe = saved.probe(site);
      int text = 0;
      for (int shard = 0; shard < store.shards(); shard++) {
        var rows = store.shard(shard, all);
        var counts = store.counts(shard);
        var lengths = store.lengths(shard);
        var first = new int[lengths.length];
        for (int i = 1; i < first.length; i++) {
          first[i] = first[i - 1] + lengths[i - 1];
        }
        var x = Sequences.of(rows, lengths).keeping((i, t) -> counts[first[i] + t]);
        for (double score : over(probe, x)) {
          line(out, json, text++, "", score);
        }
      }
    }
    out.flush();
  }

  /// A score; what it aggregates is no longer a log-odds, so no probability is made of it.
  static void line(PrintWriter out, boolean json, int text, String what, double score) {
    if (json) {
      var object = JsonMapper.shared().createObjectNode().put("text", text);
      if (!what.isEmpty()) {
        object.put("string", what);
      }
      out.println(object.put("score", score));
    } else {
      out.printf(Locale.ROOT, "%9.4g  %s%n", score, what.isEmpty() ? "" + text : what);
    }
  }
}
