package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.eval.NestedCv;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.List;

/// Which of two classes a row is of.
record ClassInquiry(
    OpenModel open, Evidence evidence, SiteProbe probe, ProbeFamily family, Origins origins)
    implements Inquiry<SiteProbe.Found, NestedCv> {
  @Override
  public SiteProbe.Found at(Matrix x) {
    return probe.run(x);
  }

  @Override
  public NestedCv twin(Matrix x) {
    return probe.twin(x);
  }

  @Override
  public Finished.Form<SiteProbe.Found> kept() {
    return Finished.SITE;
  }

  @Override
  public Finished.Form<NestedCv> keptTwin() {
    return Finished.CV;
  }

  @Override
  public List<Rival> baselines(List<Tokens> texts) {
    return new Baselines(evidence, open).all(texts, family);
  }

  @Override
  public Study.Outcome summary(
      List<Site> sites,
      Captured captured,
      List<SiteProbe.Found> found,
      List<NestedCv> twins,
      List<Rival> baselines,
      Workers workers) {
    return new Summary(evidence, origins)
        .of(sites, captured, found, twins, baselines, probe, workers);
  }
}
