package dev.sonde.study;

import dev.sonde.data.Corpus;
import dev.sonde.provenance.Digest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// Whose activations a study asks about, and what is known beside them: a network that reads texts
/// or images ([Origins]), or arrays made elsewhere ([ArraySource]).
interface Source {
  StudySettings settings();

  Corpus corpus();

  InstantSource clock();

  /// How long phases took, up to now.
  Map<String, Double> seconds();

  /// Where the numbers come from, up to now.
  Findings.Origin origin();

  Findings.Subject subject(List<SiteTable.Place> places, String metric);

  Words words();

  /// Whether the rows are those of texts or images that are at hand.
  boolean shown();

  /// What could not be asked for want of something, with what would let it be asked.
  List<Findings.Light> missing();

  /// How sentences speak of it. `reader`: who reads the label (`bert`); `within`: where nothing was
  /// found (` in bert`); `yes`: what is claimed, after "Yes"; `caveat` stands behind the claim;
  /// `of` behind the name of a place; `first`: what the places before the first layer hold; empty
  /// if that is not known.
  record Words(String reader, String within, String yes, String caveat, String of, String first) {}

  /// `digest` is that of what gave the activations, `read` tells how it reads the data.
  static Findings.Origin origin(
      Source of,
      Findings.ModelInfo model,
      Digest digest,
      String read,
      Map<String, String> described) {
    var data = of.corpus().digest().hex();
    var identity =
        Digest.of(String.join("\n", Version.VALUE, digest.hex(), data) + read + described);
    return new Findings.Origin(
        Version.VALUE,
        of.settings().seed(),
        model,
        Origins.data(of.corpus()),
        described,
        identity,
        of.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        "",
        Map.copyOf(of.seconds()));
  }
}
