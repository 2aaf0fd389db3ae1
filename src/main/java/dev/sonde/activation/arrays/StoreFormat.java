package dev.sonde.activation.arrays;

import dev.sonde.activation.Store;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/// A folder that `sonde capture` wrote: a layer a site, `resid_post.3@mean`, with the model that it
/// came from.
final class StoreFormat implements ArrayFormat {
  private static final String MANIFEST = "manifest.json";

  @Override
  public boolean takes(ArrayName name) {
    return Files.isRegularFile(name.file().resolve(MANIFEST));
  }

  @Override
  public NdArray array(ArrayName name) {
    try (var store = Store.open(name.file())) {
      var site = name.array().isEmpty() ? NpzFormat.only(name, store.sites()) : name.array();
      var x = store.matrix(site);
      var numbers = new float[Math.multiplyExact(x.rows(), x.cols())];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) x.at(i / x.cols(), i % x.cols());
      }
      return NdArray.of(numbers, x.rows(), x.cols());
    }
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // the table closes it
  public LayerTable layers(ArrayName name, String position) {
    var store = Store.open(name.file());
    try {
      var wanted =
          store.sites().stream()
              .filter(s -> name.array().isEmpty() || s.equals(name.array()))
              .filter(s -> position.isEmpty() || s.endsWith("@" + position))
              .toList();
      if (wanted.isEmpty() || store.shards() == 0) {
        throw new BadInput(
            "%s has no site%s; it has %s"
                .formatted(
                    name,
                    position.isEmpty() ? "" : " at position " + position,
                    String.join(", ", store.sites())));
      }
      return new LayerTable(
          name.toString(),
          Digest.of(name.file().resolve(MANIFEST)),
          rows(store, wanted),
          wanted.stream().map(site -> layer(store, site)).toList(),
          Optional.of(
              new LayerTable.Origin(
                  store.identity().model(),
                  "store",
                  store.identity().weights(),
                  store.identity().tokenizer())),
          store::close);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static LayerTable.Layer layer(Store store, String site) {
    int number = LayerTable.number(site, -1);
    return new LayerTable.Layer(site, number, () -> store.matrix(site));
  }

  private static int rows(Store store, List<String> sites) {
    int rows = count(store, sites.getFirst());
    for (var site : sites) {
      if (count(store, site) != rows) {
        throw new BadInput(
            "the store has %d rows at %s and %d at %s (a row a token, a row a text); choose with --position"
                .formatted(rows, sites.getFirst(), count(store, site), site));
      }
    }
    return rows;
  }

  private static int count(Store store, String site) {
    int sum = 0;
    for (int i = 0; i < store.shards(); i++) {
      sum += store.shard(i, site).rows();
    }
    return sum;
  }
}
