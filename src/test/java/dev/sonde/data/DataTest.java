package dev.sonde.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tables, corpora and the statements that ship.
final class DataTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void readsTheThreeKindsAlike() throws IOException {
    var csv = write("a.csv", "text,label,who\n\"one, \"\"two\"\"\",1,x\nthree,0,y\n");
    var tsv =
        write(
            "a.tsv",
            "text\tlabel\twho\none, \"two\"\t1\tx\nthree\t0\ty\n"
                .replace("one, \"two\"", "\"one, \"\"two\"\"\""));
    var jsonl =
        write(
            "a.jsonl",
            "{\"text\": \"one, \\\"two\\\"\", \"label\": 1, \"who\": \"x\"}\n\n{\"text\": \"three\", \"label\": 0, \"who\": \"y\"}\n");
    for (var file : List.of(csv, tsv, jsonl)) {
      var table = Table.read(file);
      assertThat(table.columns()).containsExactly("text", "label", "who");
      assertThat(table.column("text")).containsExactly("one, \"two\"", "three");
      assertThat(table.column("label")).containsExactly("1", "0");
    }
  }

  @Test
  void refusesWhatIsNoTable() throws IOException {
    refused(() -> Table.read(folder.resolve("none.csv")), "no file");
    refused(() -> Table.read(write("empty.csv", "")), "is empty");
    refused(() -> Table.read(write("head.csv", "text,label\n")), "no rows");
    refused(() -> Table.read(write("a.xlsx", "x")), ".csv, .tsv or .jsonl");
    refused(() -> Table.read(write("a.jsonl", "{\"text\": \"x\"}\n{\"text\"\n")), "line 2");
    refused(() -> Table.read(write("b.jsonl", "{\"text\": \"x\"}\n{\"label\": 1}\n")), "line 2");
    var table = Table.read(write("a.csv", "text,label\nx,1\ny,0\n"));
    refused(() -> table.column("city"), "text, label");
  }

  @Test
  void refusesWhatIsNoCorpus() throws IOException {
    var one = Table.read(write("one.csv", "text,label\nx,1\ny,1\n"));
    refused(() -> corpus(one, ""), "two classes");
    var blank = Table.read(write("blank.csv", "text,label\nx,1\n ,0\n"));
    refused(() -> corpus(blank, ""), "row 2");
    var many = Table.read(write("many.csv", "text,label\nx,a\ny,b\nz,c\n"));
    refused(() -> corpus(many, ""), "3 classes");
    refused(
        () -> Corpus.of(many, new Columns("text", "label", "", true)), "numeric label is expected");
    refused(
        () -> Columns.guess(Table.read(write("n.csv", "text,y2\nx,1\n")), "", "", "", false),
        "--label");
  }

  @Test
  void groupsCanBePairsWithoutOrder() throws IOException {
    var table = Table.read(write("p.csv", "text,label,n1,n2\na,1,51,52\nb,0,52,51\nc,1,51,53\n"));
    var groups = corpus(table, "n1+n2").groups();
    assertThat(groups.count()).isEqualTo(2);
    assertThat(groups.at(0)).isEqualTo(groups.at(1)).isNotEqualTo(groups.at(2));
    assertThat(corpus(table, "").groups().trivial()).isTrue();
  }

  /// Every word of a city or country stands as often in true as in false statements of its pair.
  @Test
  void cityStatementsAreBalancedWithinEveryPair() {
    for (var form : CityStatements.Form.values()) {
      var table = CityStatements.table(form, new Seed(7));
      var balance = new HashMap<String, Integer>();
      for (int i = 0; i < table.rows().size(); i++) {
        int truth = table.column("label").get(i).equals("1") ? 1 : -1;
        var pair = table.column("pair").get(i);
        var negated = table.column("negated").get(i);
        balance.merge(pair + negated + table.column("city").get(i), truth, Integer::sum);
        balance.merge(pair + negated + table.column("country").get(i), truth, Integer::sum);
      }
      assertThat(balance.values()).containsOnly(0);
      assertThat(new TreeSet<>(table.column("city"))).hasSizeGreaterThanOrEqualTo(150);
      assertThat(new TreeSet<>(table.column("country"))).hasSizeGreaterThanOrEqualTo(40);
      assertThat(new TreeSet<>(table.column("statement"))).hasSize(table.rows().size());
    }
  }

  @Test
  void negationTurnsTheTruthAround() {
    var table = CityStatements.table(CityStatements.Form.BOTH, new Seed(7));
    for (var row : table.rows()) {
      boolean negated = row.get(0).contains(" is not in ");
      boolean there = row.get(3).equals(row.get(4));
      assertThat(row.get(1)).isEqualTo(there != negated ? "1" : "0");
    }
  }

  @Test
  void aSeedGivesTheSameStatementsAndAnotherOthers() {
    var a = CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(1));
    assertThat(CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(1)).digest())
        .isEqualTo(a.digest());
    assertThat(CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(2)).digest())
        .isNotEqualTo(a.digest());
  }

  /// Published sets of true and false statements load as they are.
  @Test
  void publishedSetsLoadWithoutEditing() throws IOException {
    var found = Shared.folder("data/truth-is-universal/datasets");
    if (found.isEmpty()) {
      return;
    }
    int sets = 0;
    try (var files = Files.list(found.get())) {
      for (var file : files.filter(f -> f.toString().endsWith(".csv")).sorted().toList()) {
        var corpus = corpus(Table.read(file), "");
        assertThat(((Classes) corpus.target()).names()).containsExactly("0", "1");
        sets++;
      }
    }
    System.out.println("published sets read: " + sets);
    assertThat(sets).isGreaterThan(20);
  }

  private static Corpus corpus(Table table, String group) {
    return Corpus.of(table, Columns.guess(table, "", "", group, false));
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable work, String says) {
    assertThatThrownBy(work).isInstanceOf(BadInput.class).hasMessageContaining(says);
  }
}
