package dev.sonde.cli;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.study.ArrayStudy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Arrays given beside activations: those of the untrained network, and baselines by name. To be
/// closed at the end.
final class BesideFiles implements AutoCloseable {
  private final String untrained;
  private final String position;
  private final Map<String, String> baselines;
  private final List<LayerTable> opened = new ArrayList<>();

  /// `untrained` may be empty; `position` as for the activations.
  BesideFiles(String untrained, String position, Map<String, String> baselines) {
    this.untrained = untrained;
    this.position = position;
    this.baselines = new LinkedHashMap<>(baselines);
  }

  /// @throws dev.sonde.io.BadInput if a file is not there or cannot be rows
  ArrayStudy.Beside open() {
    var read = new LinkedHashMap<String, LayerTable>();
    baselines.forEach((name, file) -> read.put(name, opened(file, "")));
    return new ArrayStudy.Beside(
        untrained.isEmpty() ? Optional.empty() : Optional.of(opened(untrained, position)), read);
  }

  private LayerTable opened(String file, String at) {
    var table = LayerTable.open(file, at);
    opened.add(table);
    return table;
  }

  @Override
  public void close() {
    opened.forEach(LayerTable::close);
  }
}
