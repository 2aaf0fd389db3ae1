package dev.sonde.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Named columns of text, as a CSV, TSV or JSONL file gives them.
///
/// `source` is the file's name, `digest` that of its bytes. Every row has a cell for every column.
public record Table(String source, Digest digest, List<String> columns, List<List<String>> rows) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).size() != columns.size()) {
        throw new BadInput(
            "%s: row %d has %d cells, but there are %d columns"
                .formatted(source, i + 1, rows.get(i).size(), columns.size()));
      }
    }
  }

  /// Reads `.csv`, `.tsv`, `.jsonl` (or `.ndjson`), UTF-8.
  ///
  /// @throws BadInput for a file that is missing, empty, of another kind or malformed
  public static Table read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput(
          "there is no file %s; --data takes a CSV, TSV or JSONL file".formatted(file));
    }
    try {
      var text = Files.readString(file, StandardCharsets.UTF_8);
      var name = file.getFileName().toString();
      return parse(name, text.startsWith("\uFEFF") ? text.substring(1) : text, Digest.of(file));
    } catch (CharacterCodingException e) {
      throw new BadInput("%s is not UTF-8 text; convert it first".formatted(file), e);
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(file, e.getMessage()), e);
    }
  }

  static Table parse(String name, String text, Digest digest) {
    if (text.isBlank()) {
      throw new BadInput("%s is empty; expected a line of column names and rows".formatted(name));
    }
    var kind = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    var table =
        switch (kind) {
          case "csv" -> separated(name, text, ',', digest);
          case "tsv", "tab" -> separated(name, text, '\t', digest);
          case "jsonl", "ndjson" -> lines(name, text, digest);
          default ->
              throw new BadInput(
                  "%s: tables are .csv, .tsv or .jsonl, not .%s".formatted(name, kind));
        };
    if (table.rows().isEmpty()) {
      throw new BadInput("%s has column names but no rows".formatted(name));
    }
    return table;
  }

  /// The cells of a column.
  ///
  /// @throws BadInput if there is no such column
  public List<String> column(String name) {
    int at = columns.indexOf(name);
    if (at < 0) {
      throw new BadInput(
          "%s has no column '%s'; its columns are %s"
              .formatted(source, name, String.join(", ", columns)));
    }
    return rows.stream().map(row -> row.get(at)).toList();
  }

  private static Table separated(String name, String text, char separator, Digest digest) {
    try (var reader = CsvReader.builder().fieldSeparator(separator).ofNamedCsvRecord(text)) {
      var rows = new ArrayList<List<String>>();
      List<String> header = List.of();
      for (NamedCsvRecord record : reader) {
        header = record.getHeader();
        rows.add(record.getFields());
      }
      if (header.isEmpty()) {
        header = List.of(text.strip().split(String.valueOf(separator)));
      }
      return new Table(name, digest, header.stream().map(String::strip).toList(), rows);
    } catch (CsvParseException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new BadInput("%s is malformed: %s".formatted(name, cause.getMessage()), e);
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(name, e.getMessage()), e);
    }
  }

  private static Table lines(String name, String text, Digest digest) {
    var columns = new ArrayList<String>();
    var rows = new ArrayList<List<String>>();
    int number = 0;
    for (var line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      var object = object(name, number, line);
      if (rows.isEmpty()) {
        columns.addAll(object.propertyNames());
      }
      var row = new ArrayList<String>();
      for (var column : columns) {
        var value = object.get(column);
        if (value == null) {
          throw new BadInput(
              "%s, line %d: no \"%s\", which the first line has".formatted(name, number, column));
        }
        row.add(value.isString() ? value.stringValue() : value.toString());
      }
      rows.add(row);
    }
    return new Table(name, digest, columns, rows);
  }

  private static JsonNode object(String name, int number, String line) {
    try {
      var node = JSON.readTree(line);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException e) {
      throw new BadInput(
          "%s, line %d is no JSON: %s".formatted(name, number, e.getOriginalMessage()), e);
    }
    throw new BadInput(
        "%s, line %d: expected an object {\"text\": ..., \"label\": ...}".formatted(name, number));
  }
}
