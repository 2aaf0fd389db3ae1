package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.evidence.Leakage;
import dev.sonde.linalg.Basis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What [BestSite] asks in a way of its own where there are two classes.
record TwoAsked(
    Evidence evidence,
    SiteProbe probe,
    List<Site> sites,
    List<SiteProbe.Found> found,
    List<Findings.SiteFinding> findings,
    int best)
    implements BestSite.Asked {
  private SiteProbe.Found own() {
    return found.get(best);
  }

  @Override
  public double[] exact(Optional<Basis> basis) {
    int count = evidence.settings().checked();
    return basis.isEmpty()
        ? probe.exactNull(count)
        : probe.exactNull(basis.get(), own().cv().typical(), count);
  }

  @Override
  public Leakage.Inflation inflation(Optional<Basis> basis) {
    return basis.isEmpty() || evidence.corpus().groups().trivial()
        ? new Leakage.Inflation(Double.NaN, Double.NaN, 1)
        : probe.inflation(basis.get(), own().cv());
  }

  @Override
  public List<Grounds.SiteGrounds> everySite(Groundwork work) {
    return work.sites(sites, found);
  }

  @Override
  public List<Findings.Light> leaks() {
    if (!evidence.settings().asks(Check.LEAKAGE)) {
      return List.of();
    }
    var leaks = new Leaks(evidence.corpus(), evidence.folds(), evidence.labels().classes());
    var out = new ArrayList<>(leaks.texts());
    out.addAll(leaks.giveaways(evidence.labels().toArray(), findings.get(best).accuracy().value()));
    Leaks.layers(findings, best)
        .ifPresent(a -> out.add(Leaks.firstLayer(a, chance(), Origins.ACCURACY)));
    return out;
  }

  @Override
  public double memorised() {
    return own().memorised();
  }

  @Override
  public int[] control() {
    var positive = probe.control();
    return IntStream.range(0, positive.length).map(i -> positive[i] ? 1 : 0).toArray();
  }

  @Override
  public double chance() {
    return 0.5;
  }
}
