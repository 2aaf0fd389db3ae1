package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// A mixture of experts: a router sends each token to the `chosen` experts it likes best, their
/// outputs are added by its probabilities. Shazeer et al. (2017); as in Mixtral, Jiang et al.
/// (2024).
///
/// `normed`: the probabilities of the chosen are scaled to sum to 1.
record Experts(Dense router, List<Mlp.Gated> experts, int chosen, boolean normed)
    implements Sublayer {
  Experts {
    experts = List.copyOf(experts);
    if (chosen < 1 || chosen > experts.size()) {
      throw new BadInput(
          "config.json has num_experts_per_tok = %d of %d experts: take 1 to all of them"
              .formatted(chosen, experts.size()));
    }
  }

  @Override
  public Tensor apply(Tensor x, int layer, Pass pass) {
    var probability = pass.at(Place.ROUTER, layer, router.apply(x)).softmax(1);
    var tokens = routes(probability);
    var weights = probability.times(mask(tokens, (int) x.size(0)).to(x.type()));
    if (normed) {
      weights = weights.dividedBy(weights.sum(1).unsqueeze(1));
    }
    var out = x.times(0);
    for (int e = 0; e < experts.size(); e++) {
      if (!tokens.get(e).isEmpty()) {
        var ids = ids(tokens.get(e));
        var share = weights.pick(0, ids).narrow(1, e, 1);
        out = Nn.addRows(out, ids, experts.get(e).run(x.pick(0, ids)).times(share));
      }
    }
    return out;
  }

  /// Which tokens go to each expert.
  private List<List<Integer>> routes(Tensor probability) {
    var values = probability.detach().toDoubles();
    int n = experts.size();
    var out = new ArrayList<List<Integer>>();
    for (int e = 0; e < n; e++) {
      out.add(new ArrayList<>());
    }
    for (int token = 0; token < values.length / n; token++) {
      int at = token * n;
      int row = token;
      IntStream.range(0, n)
          .boxed()
          .sorted((a, b) -> Double.compare(values[at + b], values[at + a]))
          .limit(chosen)
          .forEach(e -> out.get(e).add(row));
    }
    return out;
  }

  private Tensor mask(List<List<Integer>> tokens, int rows) {
    var out = new float[rows * experts.size()];
    for (int e = 0; e < experts.size(); e++) {
      for (int token : tokens.get(e)) {
        out[token * experts.size() + e] = 1;
      }
    }
    return Tensor.of(out, rows, experts.size());
  }

  private static Tensor ids(List<Integer> rows) {
    return Tensor.of(rows.stream().mapToLong(i -> i).toArray(), rows.size());
  }

  @Override
  public Set<Place> places() {
    return Set.of(Place.ROUTER);
  }
}
