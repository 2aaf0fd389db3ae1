package dev.sonde.study;

import dev.sonde.io.BadInput;
import dev.sonde.model.ImageProcessor;
import dev.sonde.model.ImageShape;
import dev.sonde.provenance.Digest;
import dev.sonde.token.Pixels;
import dev.sonde.token.Tokens;
import dev.sonde.weights.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Files of images → what a network for images reads. `digest` is that of the settings by which
/// they are prepared.
public record ImageReader(Path folder, ImageShape shape, ImageProcessor processor, Digest digest) {
  /// @throws BadInput if the folder does not say how images are prepared
  static ImageReader of(Path folder, ImageShape shape) {
    var processor = ImageProcessor.of(folder);
    return new ImageReader(
        folder, shape, processor, Digest.of(folder.resolve(ImageProcessor.FILE)));
  }

  /// The images of some files; a file is read when its numbers are asked for.
  ///
  /// @throws BadInput for a file that is not there
  public List<Tokens> encode(List<String> files) {
    return files.stream().map(Path::of).map(this::encode).toList();
  }

  private Tokens encode(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput("there is no image " + file);
    }
    var pixels =
        new Pixels(
            file,
            Digest.of(file),
            shape.channels(),
            shape.height(),
            shape.width(),
            () -> processor.read(file, shape));
    return Tokens.ofImage(pixels, shape.down(), shape.across());
  }

  /// What `config.json` calls a class of images.
  String label(int id) {
    var config = ModelConfig.read(folder.resolve("config.json"));
    var number = Integer.toString(id);
    return config.isObject("id2label") ? config.nested("id2label").text(number, number) : number;
  }
}
