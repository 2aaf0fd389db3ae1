package dev.sonde.data;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Sentences with a tree over their words, as CoNLL-U files (Universal Dependencies) give them.
///
/// Word lines (`1`), multiword tokens (`1-2`) and comments are read; empty nodes (`1.1`) belong to
/// the enhanced graph and are left out. Every word knows where in the sentence's text it stands.
/// The words of a multiword token share its characters where their forms spell it (do + n't), else
/// each has the whole of it.
public record Conllu(String source, Digest digest, List<Sentence> sentences) {
  public Conllu {
    sentences = List.copyOf(sentences);
  }

  /// A word. `head` counts from 0, the root's is -1; `from` to `to` are characters of the text.
  public record Word(
      String form,
      String lemma,
      String upos,
      String xpos,
      int head,
      String relation,
      int from,
      int to) {}

  /// A sentence; `document` is the id of the last `# newdoc`, empty if there was none.
  public record Sentence(String id, String document, String text, List<Word> words) {
    public Sentence {
      words = List.copyOf(words);
    }

    /// The head of every word.
    public int[] heads() {
      return words.stream().mapToInt(Word::head).toArray();
    }
  }

  /// Reads a file.
  ///
  /// @throws BadInput for a file that is missing, no UTF-8, empty, or no CoNLL-U: the line is named
  public static Conllu read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput("there is no file %s; expected CoNLL-U (.conllu)".formatted(file));
    }
    try {
      return parse(file.getFileName().toString(), Files.readString(file), Digest.of(file));
    } catch (CharacterCodingException e) {
      throw new BadInput("%s is not UTF-8 text; convert it first".formatted(file), e);
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  static Conllu parse(String source, String text, Digest digest) {
    var reader = new ConlluReader(source);
    text.lines().forEach(reader::line);
    var sentences = reader.end();
    if (sentences.isEmpty()) {
      throw new BadInput(
          "%s has no sentence; expected CoNLL-U, ten columns a word with tabs between"
              .formatted(source));
    }
    return new Conllu(source, digest, sentences);
  }

  /// The same file with some sentences only.
  public Conllu with(List<Sentence> some) {
    return new Conllu(source, digest, some);
  }

  public int words() {
    return sentences.stream().mapToInt(s -> s.words().size()).sum();
  }
}
