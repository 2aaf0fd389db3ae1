package dev.sonde.activation;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a store holds and whose it is.
///
/// `computed`: the numbers that the network computed in (a store keeps float32).
record Manifest(Store.Identity identity, String computed, List<String> sites, List<Shard> shards) {
  static final String FILE = "manifest.json";
  static final String SCHEMA = "sonde.store/1";

  /// Texts to a shard. It decides the bytes, so it is not a setting.
  static final int TEXTS = 1024;

  Manifest {
    sites = List.copyOf(sites);
    shards = List.copyOf(shards);
  }

  /// `tokens`: the digest of the texts' token ids; `sha256`: of the file.
  record Shard(String file, int texts, Digest tokens, Digest sha256) {
    void mustHold(Digest wanted, Path folder, int number) {
      if (!tokens.equals(wanted)) {
        throw new BadInput(
            "%s holds other texts: shard %d has tokens %s, these have %s; choose another --out, or --append"
                .formatted(folder, number, tokens.brief(), wanted.brief()));
      }
    }
  }

  Manifest with(Shard shard) {
    var all = new ArrayList<>(shards);
    all.add(shard);
    return new Manifest(identity, computed, sites, all);
  }

  void mustEqualApartFromShards(Manifest found, Path folder) {
    if (!identity.equals(found.identity)) {
      throw new BadInput(
          "%s holds activations of %s (weights %s, tokenizer %s), these would be of %s (%s, %s); choose another --out"
              .formatted(
                  folder,
                  found.identity.model(),
                  found.identity.weights().brief(),
                  found.identity.tokenizer(),
                  identity.model(),
                  identity.weights().brief(),
                  identity.tokenizer()));
    }
    if (!computed.equals(found.computed)) {
      throw new BadInput(
          "%s holds what the network computed in %s, this would be %s; choose another --out"
              .formatted(folder, found.computed, computed));
    }
    if (!sites.equals(found.sites)) {
      throw new BadInput(
          "%s holds the sites %s, these would be %s; choose another --out"
              .formatted(folder, found.sites, sites));
    }
  }

  String text() {
    var json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA);
    json.put("model", identity.model());
    json.put("model_sha256", identity.weights().hex());
    json.put("tokenizer", identity.tokenizer());
    json.put("dtype", "F32");
    json.put("computed_in", computed);
    var list = json.putArray("sites");
    sites.forEach(list::add);
    var parts = json.putArray("shards");
    for (var shard : shards) {
      parts
          .addObject()
          .put("file", shard.file)
          .put("texts", shard.texts)
          .put("tokens_sha256", shard.tokens.hex())
          .put("sha256", shard.sha256.hex());
    }
    return json.toPrettyString() + "\n";
  }

  static Manifest read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput("%s is no store: it has no %s".formatted(file.getParent(), FILE));
    }
    try {
      var json = JsonMapper.shared().readTree(Files.readString(file));
      if (!json.path("schema").asString("").equals(SCHEMA)) {
        throw new BadInput("%s is no manifest of schema %s".formatted(file, SCHEMA));
      }
      var shards = new ArrayList<Shard>();
      for (var part : json.path("shards")) {
        shards.add(
            new Shard(
                text(part, "file", file),
                part.path("texts").asInt(),
                new Digest(text(part, "tokens_sha256", file)),
                new Digest(text(part, "sha256", file))));
      }
      return new Manifest(
          new Store.Identity(
              text(json, "model", file),
              new Digest(text(json, "model_sha256", file)),
              text(json, "tokenizer", file)),
          json.path("computed_in").asString("float32"),
          json.path("sites").valueStream().map(JsonNode::asString).toList(),
          shards);
    } catch (IOException | JacksonException e) {
      throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String text(JsonNode node, String key, Path file) {
    if (!node.path(key).isString()) {
      throw new BadInput("%s lacks \"%s\"".formatted(file, key));
    }
    return node.path(key).stringValue();
  }
}
