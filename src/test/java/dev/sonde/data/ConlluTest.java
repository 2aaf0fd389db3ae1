package dev.sonde.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import org.junit.jupiter.api.Test;

/// Words, spans, trees; the lines that are no CoNLL-U.
final class ConlluTest {
  private static String word(String id, String form, String upos, String head, String misc) {
    return String.join("\t", id, form, form, upos, "_", "_", head, "dep", "_", misc) + "\n";
  }

  private static Conllu read(String text) {
    return Conllu.parse("some.conllu", text, Digest.of(text));
  }

  @Test
  void wordsStandWhereTheTextHasThem() {
    var text =
        "# newdoc id = d1\n# sent_id = s1\n# text = We don't  go\u00a0au.\n"
            + word("1", "We", "PRON", "4", "_")
            + word("2-3", "don't", "_", "_", "_")
            + word("2", "do", "AUX", "4", "_")
            + word("3", "n't", "PART", "4", "_")
            + word("4", "go", "VERB", "0", "_")
            + word("4.1", "ghost", "VERB", "_", "_")
            + word("5-6", "au", "_", "_", "SpaceAfter=No")
            + word("5", "à", "ADP", "4", "_")
            + word("6", "le", "DET", "5", "_")
            + word("7", ".", "PUNCT", "4", "_")
            + "\n"
            + word("1", "Ah", "INTJ", "0", "SpaceAfter=No")
            + word("2", "!", "PUNCT", "1", "_");
    var file = read(text);
    assertThat(file.sentences()).hasSize(2);
    var first = file.sentences().getFirst();
    assertThat(first.words().stream().map(w -> first.text().substring(w.from(), w.to())))
        .containsExactly("We", "do", "n't", "go", "au", "au", ".");
    assertThat(first.heads()).containsExactly(3, 3, 3, -1, 3, 4, 3);
    assertThat(first.document()).isEqualTo("d1");
    assertThat(file.sentences().getLast().text()).isEqualTo("Ah!");
  }

  @Test
  void theLineThatIsNoneIsNamed() {
    assertThatThrownBy(() -> read("1\tWe\n"))
        .isInstanceOf(BadInput.class)
        .hasMessage("some.conllu, line 1: expected 10 columns with tabs between, found 2");
    assertThatThrownBy(
            () -> read(word("1", "We", "PRON", "0", "_") + word("3", "a", "X", "1", "_")))
        .hasMessageContaining("line 2: expected word 2, found 3");
    assertThatThrownBy(() -> read("# text = You\n" + word("1", "We", "PRON", "0", "_")))
        .hasMessageContaining("does not come next");
    assertThatThrownBy(() -> read(word("1", "We", "PRON", "9", "_")))
        .hasMessageContaining("hangs on word 9");
    assertThatThrownBy(() -> read("\n")).hasMessageContaining("no sentence");
  }

  @Test
  void realFilesAreReadWhole() {
    Shared.folder("data/ud-english-ewt")
        .ifPresent(folder -> {
          var file = Conllu.read(folder.resolve("en_ewt-ud-test.conllu"));
          assertThat(file.sentences()).hasSize(2077);
          assertThat(file.words()).isEqualTo(25094);
          for (var sentence : file.sentences()) {
            assertThat(sentence.words().stream().filter(w -> w.head() < 0)).hasSize(1);
          }
        });
  }
}
