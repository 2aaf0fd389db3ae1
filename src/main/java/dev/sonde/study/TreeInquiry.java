package dev.sonde.study;

import dev.sonde.data.Conllu;
import dev.sonde.data.Matrix;
import dev.sonde.provenance.Seed;
import dev.sonde.sequence.Sequences;
import dev.sonde.sequence.StructuralProbe;
import dev.sonde.sequence.TreeScores;
import dev.sonde.sequence.Trees;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The syntax tree in the geometry of the rows, by a structural probe.
final class TreeInquiry implements TokenInquiry {
  private final TokenData data;
  private final TokenSettings settings;
  private final StructuralProbe.Kind kind;
  private final int[] lengths;
  private final List<int[]> heads;
  private final List<boolean[]> keep;

  TreeInquiry(TokenData data, TokenSettings settings) {
    this.data = data;
    this.settings = settings;
    kind =
        settings.task() == TokenSettings.Task.DISTANCE
            ? StructuralProbe.Kind.DISTANCE
            : StructuralProbe.Kind.DEPTH;
    lengths = data.sentences().stream().mapToInt(s -> s.words().size()).toArray();
    heads = data.sentences().stream().map(Conllu.Sentence::heads).toList();
    keep = data.sentences().stream().map(TreeInquiry::noPunctuation).toList();
  }

  private static boolean[] noPunctuation(Conllu.Sentence sentence) {
    var out = new boolean[sentence.words().size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = !sentence.words().get(i).upos().equals("PUNCT");
    }
    return out;
  }

  @Override
  public String metric() {
    return kind == StructuralProbe.Kind.DISTANCE ? "UUAS" : "root";
  }

  @Override
  public String second() {
    return kind == StructuralProbe.Kind.DISTANCE ? "DSpr" : "NSpr";
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public Score at(Matrix rows, boolean control) {
    int n = data.trainSentences();
    int all = lengths.length;
    var words = Sequences.of(rows, lengths);
    var train = words.select(IntStream.range(0, n).toArray());
    var probe =
        StructuralProbe.fit(
            kind,
            train,
            heads.subList(0, n),
            StructuralProbe.Settings.DEFAULT.withRank(settings.rank()),
            new Seed(settings.seed()));
    var held = words.select(IntStream.range(n, all).toArray());
    return score(probe.score(held, heads.subList(n, all), keep.subList(n, all)), probe);
  }

  private static Score score(TreeScores scores, StructuralProbe probe) {
    return new Score(
        Arrays.stream(scores.right()).boxed().toList(),
        Arrays.stream(scores.total()).boxed().toList(),
        scores.spearman(),
        Double.NaN,
        probe.steps(),
        TokenFindings.Nonlinear.NONE,
        probe);
  }

  @Override
  public List<TokenFindings.Baseline> baselines() {
    var chain = new TreeScores();
    for (int i = data.trainSentences(); i < lengths.length; i++) {
      if (kind == StructuralProbe.Kind.DISTANCE) {
        chain.distances(heads.get(i), keep.get(i), Trees.chain(lengths[i]));
      } else {
        chain.depths(
            heads.get(i), keep.get(i), IntStream.range(0, lengths[i]).asDoubleStream().toArray());
      }
    }
    var meaning =
        kind == StructuralProbe.Kind.DISTANCE
            ? "every word hangs on its neighbour"
            : "the first word is the root, every further word lies deeper";
    return List.of(
        new TokenFindings.Baseline("linear chain", meaning, chain.accuracy(), chain.spearman()));
  }
}
