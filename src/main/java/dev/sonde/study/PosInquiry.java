package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Conllu;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.data.TokenLabels;
import dev.sonde.probe.Mlp;
import dev.sonde.provenance.Seed;
import dev.sonde.sequence.Tagger;
import dev.sonde.sequence.TokenSoftmax;
import dev.sonde.sequence.WordTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Part of speech of every word, by a multinomial probe, with the control task by word type solved
/// beside it.
final class PosInquiry implements TokenInquiry {
  private final TokenData data;
  private final TokenSettings settings;
  private final List<Conllu.Word> words;
  private final TokenLabels.Column real;
  private final TokenLabels.Column control;
  private final boolean[] train;

  PosInquiry(TokenData data, TokenSettings settings) {
    this.data = data;
    this.settings = settings;
    words = TokenData.words(data.sentences());
    train = new boolean[words.size()];
    Arrays.fill(train, 0, data.trainWords(), true);
    var labels = words.stream().map(w -> w.upos().equals("_") ? "" : w.upos()).toList();
    real = column("upos", labels);
    var types = words.stream().map(Conllu.Word::form).toList();
    var dealt = WordTypes.control(types, labels, new Seed(settings.seed()));
    control = column("control", dealt);
  }

  /// The classes are those of training words; a word of another one counts as missed.
  private TokenLabels.Column column(String name, List<String> labels) {
    var classes =
        labels.subList(0, data.trainWords()).stream()
            .filter(l -> !l.isEmpty())
            .distinct()
            .sorted()
            .toList();
    return TokenLabels.Column.classes(
        name, classes, labels.stream().mapToInt(classes::indexOf).toArray());
  }

  @Override
  public String metric() {
    return "accuracy";
  }

  @Override
  public String second() {
    return "macro F1";
  }

  @Override
  public List<String> classes() {
    return real.classes();
  }

  @Override
  public Score at(Matrix rows, boolean withControl) {
    var columns = withControl ? List.of(real, control) : List.of(real);
    var fit =
        TokenSoftmax.fit(rows, train, columns, TokenSoftmax.Settings.DEFAULT.withC(settings.c()));
    var found = fit.predict(rows);
    var right = new ArrayList<Double>();
    var total = new ArrayList<Double>();
    int at = data.trainWords();
    for (var sentence : data.heldSentences()) {
      double hits = 0;
      for (int i = 0; i < sentence.words().size(); i++) {
        hits += found[0][at] == real.at(at) ? 1 : 0;
        at++;
      }
      right.add(hits);
      total.add((double) sentence.words().size());
    }
    double onControl = withControl ? accuracy(found[1], control) : Double.NaN;
    return new Score(
        right,
        total,
        macroF1(found[0]),
        onControl,
        fit.end(0).steps(),
        nonlinear(rows, withControl),
        new Tagger(fit.probes(0)));
  }

  /// The MLP probe on real labels and on the control's.
  private TokenFindings.Nonlinear nonlinear(Matrix rows, boolean withControl) {
    if (settings.hidden() == 0 || !withControl) {
      return TokenFindings.Nonlinear.NONE;
    }
    double own = accuracy(mlp(rows, real), real);
    double dealt = accuracy(mlp(rows, control), control);
    return new TokenFindings.Nonlinear(own, dealt, own - dealt);
  }

  /// Trained on training words that have a label; whole sentences decide when to stop.
  private int[] mlp(Matrix rows, TokenLabels.Column labels) {
    var sentence = new ArrayList<String>();
    for (int s = 0; s < data.trainSentences(); s++) {
      int length = data.sentences().get(s).words().size();
      sentence.addAll(java.util.Collections.nCopies(length, Integer.toString(s)));
    }
    var which = IntStream.range(0, data.trainWords()).filter(i -> labels.at(i) >= 0).toArray();
    var y = Classes.of(labels.classes(), IntStream.of(which).map(labels::at).toArray());
    var groups = Groups.of(IntStream.of(which).mapToObj(sentence::get).toList());
    var samples = new Samples(rows.select(which), y, groups);
    var probe =
        Mlp.fit(
            samples, Mlp.Settings.DEFAULT.withHidden(settings.hidden()), new Seed(settings.seed()));
    var held = IntStream.range(data.trainWords(), words.size()).toArray();
    var outputs = probe.outputs(rows.select(held));
    var out = new int[words.size()];
    for (int i = 0; i < held.length; i++) {
      out[held[i]] = largest(outputs[i]);
    }
    return out;
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }

  private double accuracy(int[] found, TokenLabels.Column truth) {
    double hits = 0;
    for (int i = data.trainWords(); i < found.length; i++) {
      hits += found[i] == truth.at(i) ? 1 : 0;
    }
    return hits / data.heldWords();
  }

  /// The mean over classes that held-out words are of.
  private double macroF1(int[] found) {
    double sum = 0;
    int classes = 0;
    for (int k = 0; k < real.classes().size(); k++) {
      double both = 0;
      double either = 0;
      double there = 0;
      for (int i = data.trainWords(); i < found.length; i++) {
        both += found[i] == k && real.at(i) == k ? 1 : 0;
        either += (found[i] == k ? 1 : 0) + (real.at(i) == k ? 1 : 0);
        there += real.at(i) == k ? 1 : 0;
      }
      if (there > 0) {
        sum += 2 * both / either;
        classes++;
      }
    }
    return sum / classes;
  }

  @Override
  public List<TokenFindings.Baseline> baselines() {
    int n = data.trainWords();
    var labels = words.stream().map(Conllu.Word::upos).toList();
    var types = words.stream().map(Conllu.Word::form).toList();
    var held = types.subList(n, types.size());
    var trained = types.subList(0, n);
    var known = labels.subList(0, n);
    var majority =
        WordTypes.lookup(known.stream().map(_ -> "").toList(), known, List.of("")).getFirst();
    double always = 0;
    double looked = 0;
    var table = WordTypes.lookup(trained, known, held);
    for (int i = 0; i < held.size(); i++) {
      always += labels.get(n + i).equals(majority) ? 1 : 0;
      looked += labels.get(n + i).equals(table.get(i)) ? 1 : 0;
    }
    return List.of(
        new TokenFindings.Baseline(
            "majority", "always " + majority, always / held.size(), Double.NaN),
        new TokenFindings.Baseline(
            "word table",
            "the label that a word form has most often in training",
            looked / held.size(),
            Double.NaN));
  }
}
