package dev.sonde.study;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.catalogue.Catalogue;
import dev.sonde.chat.ChatTemplate;
import dev.sonde.data.Corpus;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.Engine;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Numerics;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokenizer;
import dev.sonde.token.Tokens;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A network with its tokenizer (or what prepares its images), its name and the digest of its
/// weights.
public final class OpenModel implements AutoCloseable {
  private final String name;
  private final Model model;
  private final Optional<Tokenizer> tokenizer;
  private final Digest digest;
  private final Path folder;

  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // both are fields of this, which closes them
  private OpenModel(Catalogue catalogue, Path folder, Kernels kernels, Numerics numerics) {
    this.folder = folder;
    var reader =
        CompletableFuture.supplyAsync(
            () -> Tokenizer.open(folder), work -> Thread.ofPlatform().daemon().start(work));
    try (var wide = Workers.wide()) {
      model = wide.call(() -> Model.open(folder, kernels, numerics));
    } catch (RuntimeException e) {
      discard(reader);
      throw e;
    }
    try {
      tokenizer = tokenizer(reader, model.image().isPresent());
      var files = model.file().files();
      digest =
          files.size() == 1 ? catalogue.digest(folder, files.getFirst()) : model.file().digest();
      name = Catalogue.nameOf(folder);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /// What reads texts; a network of images needs none, sound or not.
  private static Optional<Tokenizer> tokenizer(
      CompletableFuture<Tokenizer> reader, boolean images) {
    if (images) {
      discard(reader);
      return Optional.empty();
    }
    try {
      return Optional.of(reader.join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private static void discard(CompletableFuture<Tokenizer> reader) {
    var _ = reader.thenAccept(Tokenizer::close).exceptionally(_ -> null).join();
  }

  /// A model of the catalogue (fetched and converted at its first use), a model folder, or a model
  /// of the Hugging Face hub (`org/name`, `org/name@revision`), which is reached as the process's
  /// environment says. `home` is where Sonde keeps its cache.
  ///
  /// @throws BadInput if it is none of them, or does not hold what it should
  @MustBeClosed
  public static OpenModel open(String nameOrPath, Path home, Kernels kernels, Progress progress) {
    return open(nameOrPath, new Catalogue(home), kernels, progress);
  }

  /// The same in other numbers than float32.
  @MustBeClosed
  public static OpenModel open(
      String nameOrPath, Path home, Kernels kernels, Numerics numerics, Progress progress) {
    var catalogue = new Catalogue(home);
    return new OpenModel(catalogue, catalogue.open(nameOrPath, progress), kernels, numerics);
  }

  /// The same from a catalogue that knows how the hub is reached
  /// ([dev.sonde.catalogue.HubSettings]).
  @MustBeClosed
  public static OpenModel open(
      String nameOrPath, Catalogue catalogue, Kernels kernels, Progress progress) {
    Engine.startInBackground(); // while the model is looked up, fetched or decoded
    return new OpenModel(
        catalogue, catalogue.open(nameOrPath, progress), kernels, Numerics.DEFAULT);
  }

  public String name() {
    return name;
  }

  public Model model() {
    return model;
  }

  /// @throws BadInput if it reads images
  public Tokenizer tokenizer() {
    return tokenizer.orElseThrow(() ->
        new BadInput(
            "%s reads images, not texts; give it PNG or JPEG files (--image, --images)"
                .formatted(name)));
  }

  /// Of what turns a text, or an image, into what the network reads: the tokenizer's files, or the
  /// settings that images are prepared by.
  public Digest reader() {
    return tokenizer.map(Tokenizer::digest).orElseGet(() -> images().digest());
  }

  /// How images become what the network reads.
  ///
  /// @throws BadInput if it reads texts, or comes without `preprocessor_config.json`
  public ImageReader images() {
    var shape =
        model.image().orElseThrow(() -> new BadInput("%s reads texts, not images".formatted(name)));
    return ImageReader.of(folder, shape);
  }

  /// A token of the vocabulary, or a class of images, by its number.
  public String word(int id) {
    return tokenizer.map(t -> t.decode(new int[] {id})).orElseGet(() -> images().label(id));
  }

  /// How this model's conversations are written.
  ///
  /// @throws BadInput if it comes without a chat template
  public ChatTemplate chatTemplate() {
    return ChatTemplate.open(folder);
  }

  /// Of the weights' file.
  public Digest digest() {
    return digest;
  }

  /// The texts of a corpus as tokens. Longer ones than the network takes are cut if `truncate`,
  /// else left for the capture to refuse.
  public List<Tokens> encode(Corpus corpus, boolean truncate) {
    return corpus.images().isEmpty()
        ? encode(corpus.texts(), truncate)
        : images().encode(corpus.texts());
  }

  public List<Tokens> encode(List<String> texts, boolean truncate) {
    int context = model.architecture().context();
    return texts.stream()
        .map(tokenizer()::encode)
        .map(t -> truncate && t.size() > context ? t.truncated(context) : t)
        .toList();
  }

  /// Points by name; the name of a place stands for all its layers, `resid_post` for the embeddings
  /// too, `resid_post.*` for its layers alone.
  ///
  /// @throws BadInput for a name that is none, or that this network lacks
  public List<Point> points(List<String> names) {
    var out = new LinkedHashSet<Point>();
    for (var name : names) {
      boolean layers = name.endsWith(".*");
      var brief = layers ? name.substring(0, name.length() - 2) : name;
      var place = Arrays.stream(Place.values()).filter(p -> p.brief().equals(brief)).findFirst();
      if (place.isPresent() && place.get().perLayer()) {
        if (place.get() == Place.RESID_POST && !layers) {
          out.add(Point.of(Place.EMBED));
        }
        for (int l = 0; l < model.architecture().layers(); l++) {
          var point = Point.of(place.get(), l);
          if (l == 0 || model.points().contains(point)) {
            out.add(point);
          }
        }
      } else {
        out.add(Point.parse(name));
      }
    }
    out.forEach(model::mustHave);
    return List.copyOf(out);
  }

  @Override
  public void close() {
    tokenizer.ifPresent(Tokenizer::close);
    model.close();
  }
}
