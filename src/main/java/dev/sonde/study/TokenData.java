package dev.sonde.study;

import dev.sonde.data.Conllu;
import dev.sonde.data.Groups;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.sequence.WordAlignment;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// The sentences of a [TokenStudy], training first, with the tokens and the place of every word.
record TokenData(
    Conllu train,
    Conllu held,
    List<Conllu.Sentence> sentences,
    List<Tokens> tokens,
    List<TokenLabels.Place> places,
    int trainSentences,
    int leftOut) {

  /// Two files, or one that is split by document (by sentence where it names none).
  static List<Conllu> split(Conllu all, Optional<Conllu> held, TokenSettings settings) {
    if (held.isPresent()) {
      return List.of(all, held.get());
    }
    var groups = documents(all.sentences());
    var random = new Seed(settings.seed()).forPurpose("held-out documents").generator();
    var out = new boolean[groups.count()];
    for (int g = 0; g < out.length; g++) {
      out[g] = random.nextDouble() < settings.share();
    }
    var parts = List.of(new ArrayList<Conllu.Sentence>(), new ArrayList<Conllu.Sentence>());
    for (int i = 0; i < groups.size(); i++) {
      parts.get(out[groups.at(i)] ? 1 : 0).add(all.sentences().get(i));
    }
    return parts.stream().map(p -> all.with(p)).toList();
  }

  static Groups documents(List<Conllu.Sentence> sentences) {
    boolean named = sentences.stream().noneMatch(s -> s.document().isEmpty());
    return named
        ? Groups.of(sentences.stream().map(Conllu.Sentence::document).toList())
        : Groups.single(sentences.size());
  }

  static TokenData of(OpenModel open, List<Conllu> both, TokenSettings settings) {
    var seed = new Seed(settings.seed());
    var sentences = new ArrayList<Conllu.Sentence>();
    var tokens = new ArrayList<Tokens>();
    var places = new ArrayList<TokenLabels.Place>();
    int left = 0;
    int trained = 0;
    for (int side = 0; side < 2; side++) {
      int wanted = side == 0 ? settings.sentences() : settings.held();
      for (var sentence : draw(both.get(side), wanted, seed.forPurpose("sentences", side))) {
        var cut = open.tokenizer().encode(sentence.text());
        var aligned = WordAlignment.of(tokens.size(), sentence, cut);
        boolean fits = cut.size() <= open.model().architecture().context();
        if (!fits || !usable(sentence, aligned, settings.task())) {
          left++;
          continue;
        }
        aligned.forEach(p -> places.add(settings.subtoken().of(p.orElseThrow())));
        sentences.add(sentence);
        tokens.add(cut);
        trained += side == 0 ? 1 : 0;
      }
    }
    if (trained == 0 || trained == sentences.size()) {
      throw new BadInput(
          "%d sentences are left to train on and %d to test; give files with more, or fewer documents in one"
              .formatted(trained, sentences.size() - trained));
    }
    return new TokenData(both.getFirst(), both.getLast(), sentences, tokens, places, trained, left);
  }

  private static boolean usable(
      Conllu.Sentence sentence,
      List<Optional<TokenLabels.Place>> aligned,
      TokenSettings.Task task) {
    boolean whole = aligned.stream().allMatch(Optional::isPresent);
    long roots = sentence.words().stream().filter(w -> w.head() < 0).count();
    boolean tree = roots == 1 && sentence.words().size() > 1;
    return whole && (task == TokenSettings.Task.POS || tree);
  }

  /// So many sentences in the order of the file, drawn by the seed.
  private static List<Conllu.Sentence> draw(Conllu file, int wanted, Seed seed) {
    var all = file.sentences();
    if (wanted == 0 || wanted >= all.size()) {
      return all;
    }
    var order = IntStream.range(0, all.size()).toArray();
    var random = seed.generator();
    for (int i = 0; i < wanted; i++) {
      int j = i + random.nextInt(order.length - i);
      int held = order[i];
      order[i] = order[j];
      order[j] = held;
    }
    return IntStream.of(order).limit(wanted).sorted().mapToObj(all::get).toList();
  }

  List<Conllu.Sentence> heldSentences() {
    return sentences.subList(trainSentences, sentences.size());
  }

  List<Conllu.Sentence> trainingSentences() {
    return sentences.subList(0, trainSentences);
  }

  static List<Conllu.Word> words(List<Conllu.Sentence> sentences) {
    return sentences.stream().flatMap(s -> s.words().stream()).toList();
  }

  int trainWords() {
    return words(trainingSentences()).size();
  }

  int heldWords() {
    return words(heldSentences()).size();
  }
}
