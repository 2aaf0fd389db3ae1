package dev.sonde.io;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Parquet file as a reader that is not ours sees it: rows by column name, in the file's order of
/// columns, and the notes of its footer.
public record ParquetRows(List<Map<String, @Nullable Object>> rows, Map<String, String> notes) {
  public static ParquetRows read(Path file) {
    try (var in = ParquetFileReader.open(InputFile.of(file));
        var reader = in.rowReader()) {
      var columns = in.getFileSchema().getColumns();
      var rows = new ArrayList<Map<String, @Nullable Object>>();
      while (reader.hasNext()) {
        reader.next();
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int c = 0; c < columns.size(); c++) {
          row.put(columns.get(c).name(), reader.isNull(c) ? null : reader.getValue(c));
        }
        rows.add(row);
      }
      return new ParquetRows(rows, in.getFileMetaData().keyValueMetadata());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<@Nullable Object> column(String name) {
    List<@Nullable Object> out = new ArrayList<>();
    rows.forEach(row -> {
      if (!row.containsKey(name)) {
        throw new AssertionError("there is no column " + name + " in " + row.keySet());
      }
      out.add(row.get(name));
    });
    return out;
  }
}
