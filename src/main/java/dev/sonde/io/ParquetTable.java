package dev.sonde.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Rows as a Parquet file, which pandas, polars, DuckDB and R read as they are: a table is its rows
/// and, column by column, what is asked of a row.
///
/// ```java
/// ParquetTable.of(sites)
///     .text("point", Site::point)
///     .measured("accuracy", Site::accuracy)
///     .note("sonde.seed", "1")
///     .write(folder.resolve("results.parquet"));
/// ```
///
/// The layout is that of the *Apache Parquet format* (`parquet.thrift` and *Encodings*), its
/// plainest part: flat optional columns of 64-bit whole numbers, doubles, flags and UTF-8 text; one
/// page a column and row group; no compression, no dictionaries. The same rows give the same bytes.
public final class ParquetTable<T> {
  /// Rows of a group: its pages stay far below the format's 2 GiB.
  private static final int GROUP = 1 << 16;

  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int OPTIONAL = 1;
  private static final int UTF8 = 0;
  private static final int UNCOMPRESSED = 0;

  private final List<T> rows;
  private final List<Column<T>> columns;
  private final Map<String, String> notes;

  /// What a row has in a column; null for nothing.
  public interface Cell<T, V> {
    @Nullable V of(T row);
  }

  private record Column<T>(ParquetColumn layout, Cell<T, ?> cell) {}

  private ParquetTable(List<T> rows, List<Column<T>> columns, Map<String, String> notes) {
    this.rows = rows;
    this.columns = columns;
    this.notes = notes;
  }

  /// A table without columns yet.
  public static <T> ParquetTable<T> of(List<T> rows) {
    return new ParquetTable<>(List.copyOf(rows), List.of(), Map.of());
  }

  public ParquetTable<T> text(String name, Cell<T, String> cell) {
    return with(name, ParquetColumn.Type.TEXT, cell);
  }

  public ParquetTable<T> integer(String name, ToLongFunction<T> cell) {
    return with(name, ParquetColumn.Type.INT64, cell::applyAsLong);
  }

  /// A NaN stays a NaN.
  public ParquetTable<T> real(String name, Cell<T, Double> cell) {
    return with(name, ParquetColumn.Type.DOUBLE, cell);
  }

  /// A number that is NaN where it was not measured: null there.
  public ParquetTable<T> measured(String name, ToDoubleFunction<T> cell) {
    return real(
        name,
        row -> {
          double value = cell.applyAsDouble(row);
          return Double.isNaN(value) ? null : value;
        });
  }

  public ParquetTable<T> flag(String name, Cell<T, Boolean> cell) {
    return with(name, ParquetColumn.Type.BOOLEAN, cell);
  }

  /// A key and its text in the footer; readers show them as the file's metadata.
  public ParquetTable<T> note(String key, String value) {
    var all = new LinkedHashMap<>(notes);
    all.put(key, value);
    return new ParquetTable<>(rows, columns, all);
  }

  public ParquetTable<T> notes(Map<String, String> more) {
    var all = new LinkedHashMap<>(notes);
    all.putAll(more);
    return new ParquetTable<>(rows, columns, all);
  }

  private ParquetTable<T> with(String name, ParquetColumn.Type type, Cell<T, ?> cell) {
    if (columns.stream().anyMatch(c -> c.layout.name().equals(name))) {
      throw new IllegalArgumentException("two columns are called " + name);
    }
    var all = new ArrayList<>(columns);
    all.add(new Column<>(new ParquetColumn(name, type), cell));
    return new ParquetTable<>(rows, all, notes);
  }

  /// A page of a row group, where it lies.
  private record Chunk(ParquetColumn column, long offset, long size, long rows, long nulls) {}

  /// The file, whole or absent.
  ///
  /// @throws BadInput if it cannot be written
  public void write(Path file) {
    if (columns.isEmpty()) {
      throw new IllegalStateException("a table without columns");
    }
    AtomicFile.write(file, this::fill);
  }

  private void fill(FileChannel channel) throws IOException {
    put(channel, MAGIC);
    var groups = new ArrayList<List<Chunk>>();
    for (int from = 0; from < rows.size(); from += GROUP) {
      var some = rows.subList(from, Math.min(rows.size(), from + GROUP));
      var chunks = new ArrayList<Chunk>();
      for (var column : columns) {
        List<@Nullable Object> values = new ArrayList<>(some.size());
        for (var row : some) {
          values.add(column.cell.of(row));
        }
        var page = column.layout.page(values);
        long nulls = values.stream().filter(v -> v == null).count();
        chunks.add(new Chunk(column.layout, channel.position(), page.length, some.size(), nulls));
        put(channel, page);
      }
      groups.add(chunks);
    }
    var footer = footer(groups);
    put(channel, footer);
    var size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(footer.length);
    put(channel, size.array());
    put(channel, MAGIC);
  }

  private static void put(FileChannel channel, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// `FileMetaData`.
  private byte[] footer(List<List<Chunk>> groups) {
    var out = new Thrift().int32(1, 1).list(2, Thrift.STRUCT, columns.size() + 1);
    out.begin().text(4, "sonde").int32(5, columns.size()).end();
    columns.forEach(c -> schema(out, c.layout));
    out.int64(3, rows.size()).list(4, Thrift.STRUCT, groups.size());
    groups.forEach(g -> group(out, g));
    if (!notes.isEmpty()) {
      out.list(5, Thrift.STRUCT, notes.size());
      notes.forEach((key, value) -> out.begin().text(1, key).text(2, value).end());
    }
    return out.text(6, "sonde version " + notes.getOrDefault("sonde.version", "0")).bytes();
  }

  /// `SchemaElement`; text is marked in the old way and the new.
  private static void schema(Thrift out, ParquetColumn column) {
    out.begin().int32(1, column.type().number).int32(3, OPTIONAL).text(4, column.name());
    if (column.type() == ParquetColumn.Type.TEXT) {
      out.int32(6, UTF8).begin(10).begin(1).end().end();
    }
    out.end();
  }

  /// `RowGroup`, with a `ColumnChunk` a column.
  private static void group(Thrift out, List<Chunk> chunks) {
    long size = chunks.stream().mapToLong(Chunk::size).sum();
    out.begin().list(1, Thrift.STRUCT, chunks.size());
    chunks.forEach(c -> chunk(out, c));
    out.int64(2, size).int64(3, chunks.getFirst().rows);
    out.int64(5, chunks.getFirst().offset).int64(6, size).end();
  }

  private static void chunk(Thrift out, Chunk chunk) {
    out.begin().int64(2, 0).begin(3);
    out.int32(1, chunk.column.type().number).list(2, Thrift.I32, 2);
    out.zigzag(ParquetColumn.PLAIN).zigzag(ParquetColumn.RLE);
    out.list(3, Thrift.BINARY, 1).text(chunk.column.name());
    out.int32(4, UNCOMPRESSED).int64(5, chunk.rows);
    out.int64(6, chunk.size).int64(7, chunk.size).int64(9, chunk.offset);
    out.begin(12).int64(3, chunk.nulls).end(); // Statistics
    out.end().end();
  }
}
