package dev.sonde.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written is what a reader that is not ours reads (Hardwood; pyarrow, DuckDB and polars
/// read the same files, tried by hand).
final class ParquetTableTest {
  @TempDir private Path folder = Path.of("");

  private record Row(
      long whole, @Nullable Double real, @Nullable Boolean flag, @Nullable String text) {}

  private static ParquetTable<Row> table(List<Row> rows) {
    return ParquetTable.of(rows)
        .integer("whole", Row::whole)
        .real("real", Row::real)
        .flag("flag", Row::flag)
        .text("text", Row::text);
  }

  private static List<Row> read(Path file) {
    return ParquetRows.read(file).rows().stream()
        .map(r ->
            new Row(
                (long) java.util.Objects.requireNonNull(r.get("whole")),
                (Double) r.get("real"),
                (Boolean) r.get("flag"),
                (String) r.get("text")))
        .toList();
  }

  private static Row random(Random draw) {
    double[] odd = {
      Double.NaN, 0.0, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE
    };
    long[] ends = {Long.MIN_VALUE, Long.MAX_VALUE, 0, -1};
    int pick = draw.nextInt(20);
    return new Row(
        pick < ends.length ? ends[pick] : draw.nextLong(),
        pick == 6 ? null : pick < odd.length ? Double.valueOf(odd[pick]) : draw.nextGaussian(),
        pick % 3 == 0 ? null : Boolean.valueOf(draw.nextBoolean()),
        pick % 7 == 0 ? null : "é世界🌍\n\"".repeat(draw.nextInt(3)) + draw.nextInt(1000));
  }

  @Test
  void anyTableIsReadBackToTheBit() {
    for (int size : new int[] {0, 1, 7, 8, 9, 100, 70_000}) {
      var draw = new Random(size);
      var rows = IntStream.range(0, size).mapToObj(i -> random(draw)).toList();
      var file = folder.resolve(size + ".parquet");
      table(rows).write(file);
      assertThat(read(file)).as("seed and rows: " + size).isEqualTo(rows);
    }
  }

  @Test
  void whatIsNotThereIsNoNaN() {
    var rows = List.of(new Row(1, Double.NaN, null, ""), new Row(2, null, false, null));
    var file = folder.resolve("nulls.parquet");
    table(rows).measured("number", r -> r.real() == null ? Double.NaN : 3).write(file);
    var found = ParquetRows.read(file);
    assertThat(found.column("real")).containsExactly(Double.NaN, null);
    assertThat(found.column("text")).containsExactly("", null);
    assertThat(found.column("flag")).containsExactly(null, false);
    assertThat(found.column("number")).containsExactly(3.0, null);
  }

  @Test
  void notesAreInTheFooter() {
    var file = folder.resolve("notes.parquet");
    var more = new java.util.LinkedHashMap<String, String>();
    IntStream.range(0, 40).forEach(i -> more.put("key " + i, "value " + i));
    var table = table(List.of()).note("sonde.seed", "1").notes(more);
    table.write(file);
    assertThat(ParquetRows.read(file).notes())
        .containsAllEntriesOf(more)
        .containsEntry("sonde.seed", "1")
        .hasSize(41);
  }

  /// The bytes of one small file, by hand from the format's own description.
  @Test
  void theLayoutIsTheFormats() throws IOException {
    var file = folder.resolve("one.parquet");
    ParquetTable.of(List.of("a", "bc")).text("t", t -> t.equals("a") ? null : t).write(file);
    var bytes = Files.readAllBytes(file);
    var all = new ArrayList<Byte>();
    for (byte b : bytes) {
      all.add(b);
    }
    // 4 of magic; header: type 0, sizes 14, checksum (5 bytes and its head), 2 values, PLAIN, RLE
    assertThat(new String(bytes, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    assertThat(all.subList(4, 11))
        .containsExactly(signed(0x15, 0x00, 0x15, 0x1C, 0x15, 0x1C, 0x15));
    int end = bytes.length - 8;
    int footer = (bytes[end] & 0xFF) + 256 * (bytes[end + 1] & 0xFF);
    assertThat(new String(bytes, end + 4, 4, StandardCharsets.US_ASCII)).isEqualTo("PAR1");
    // levels: 4 bytes (a run of one 0, a run of one 1); the text's length and its letters
    assertThat(all.subList(end - footer - 14, end - footer))
        .containsExactly(signed(4, 0, 0, 0, 2, 0, 2, 1, 2, 0, 0, 0, 'b', 'c'));
  }

  private static Byte[] signed(int... values) {
    return IntStream.of(values).mapToObj(v -> (byte) v).toArray(Byte[]::new);
  }

  @Test
  void aDamagedPageIsNotReadAsNumbers() throws IOException {
    var rows = IntStream.range(0, 50).mapToObj(i -> new Row(i, i + 0.5, true, "row " + i)).toList();
    var file = folder.resolve("damaged.parquet");
    table(rows).write(file);
    var bytes = Files.readAllBytes(file);
    bytes[200] ^= 4; // within the page of whole numbers
    Files.write(file, bytes);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("CRC mismatch for column whole");
  }

  @Test
  void theSameRowsGiveTheSameBytesAndAFailureLeavesNothing() throws IOException {
    var rows = IntStream.range(0, 50).mapToObj(i -> random(new Random(i))).toList();
    var a = folder.resolve("a.parquet");
    var b = folder.resolve("b.parquet");
    table(rows).write(a);
    table(rows).write(b);
    assertThat(Files.mismatch(a, b)).isEqualTo(-1);
    var broken = folder.resolve("broken.parquet");
    var failing =
        table(rows)
            .measured(
                "fails",
                r -> {
                  throw new IllegalStateException("no number");
                });
    assertThatThrownBy(() -> failing.write(broken)).hasMessage("no number");
    assertThat(broken).doesNotExist();
    assertThatThrownBy(() -> table(rows).text("flag", Row::text)).hasMessageContaining("flag");
  }
}
