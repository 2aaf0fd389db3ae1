package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.io.ParquetRows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Columns of a Parquet file beside the numbers of the JSON that was written with it.
final class Tables {
  private Tables() {}

  /// `path` leads from each element of `list` to what the column holds, `/`-separated; a null of
  /// one is a null of the other.
  static void same(ParquetRows table, String column, Iterable<JsonNode> list, String path) {
    List<@Nullable Object> expected = new ArrayList<>();
    for (var element : list) {
      expected.add(value(element.at("/" + path)));
    }
    assertThat(table.column(column)).as(column).isEqualTo(expected);
  }

  private static @Nullable Object value(JsonNode node) {
    if (node.isMissingNode()) {
      throw new AssertionError("the JSON has no such field");
    }
    if (node.isNull()) {
      return null;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isString()) {
      return node.stringValue();
    }
    return node.isFloatingPointNumber() ? (Object) node.doubleValue() : (Object) node.longValue();
  }
}
