package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.weights.ModelConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A PNG or JPEG as a vision network takes it, by the folder's `preprocessor_config.json`: scaled
/// to `size` ([Resample]), cut to `crop_size` from the middle, times `rescale_factor`, less
/// `image_mean` over `image_std`.
///
/// Within one level of 255 of the reference library's image processors: those that scale with
/// Pillow round as we do, those that scale with torchvision sometimes round a tie the other way.
/// JPEG decoders differ among each other by a few levels.
public final class ImageProcessor {
  /// The file that says how.
  public static final String FILE = "preprocessor_config.json";

  private static final int LARGEST = 4096;
  private static final int CHANNELS = 3;

  private final Path origin;
  private final ModelConfig config;

  private ImageProcessor(Path origin, ModelConfig config) {
    this.origin = origin;
    this.config = config;
  }

  /// @throws BadInput if the folder has no such file, or it asks for what is not built
  public static ImageProcessor of(Path folder) {
    var file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new BadInput(
          "%s has no %s, which says how images are scaled and normed".formatted(folder, FILE));
    }
    var out = new ImageProcessor(file, ModelConfig.read(file));
    var _ = out.numbers(new Picture(8, 8, new byte[192])); // refuses what is not built at the door
    return out;
  }

  /// `[3, height, width]`, row-major, for [Batch#ofImages].
  ///
  /// @throws BadInput for a file that is no sound PNG or JPEG, or has too many pixels
  public float[] read(Path image) {
    return numbers(Picture.read(image));
  }

  /// The same for a network that reads images of this shape.
  ///
  /// @throws BadInput if the folder's settings make others of it
  public float[] read(Path image, ImageShape shape) {
    var made = prepared(Picture.read(image));
    if (shape.channels() != CHANNELS
        || made.height() != shape.height()
        || made.width() != shape.width()) {
      throw new BadInput(
          "%s makes images of 3 x %d x %d, but the network reads %d x %d x %d; the two files are not of one model"
              .formatted(
                  origin,
                  made.height(),
                  made.width(),
                  shape.channels(),
                  shape.height(),
                  shape.width()));
    }
    return normed(made);
  }

  private float[] numbers(Picture image) {
    return normed(prepared(image));
  }

  private Picture prepared(Picture image) {
    var sized = config.bool("do_resize", true) ? resized(image) : image;
    if (config.bool("do_center_crop", false)) {
      var crop = size("crop_size");
      int left = Math.floorDiv(sized.width() - crop.width, 2);
      int top = Math.floorDiv(sized.height() - crop.height, 2);
      sized = sized.window(left, top, crop.width, crop.height);
    }
    return sized;
  }

  private record Size(int height, int width) {}

  private Picture resized(Picture image) {
    var filter = Resample.numbered(config.integer("resample", 2), origin.toString());
    boolean shortest = config.isObject("size") && config.nested("size").has("shortest_edge");
    var size = shortest ? shortest(image) : size("size");
    return filter.to(image, size.width, size.height);
  }

  private Size shortest(Picture image) {
    int edge = config.nested("size").integer("shortest_edge");
    boolean wide = image.width() >= image.height();
    int least = wide ? image.height() : image.width();
    int most = (int) ((long) edge * (wide ? image.width() : image.height()) / least);
    return wide ? checked("size", edge, most) : checked("size", most, edge);
  }

  private Size size(String key) {
    if (config.isObject(key)) {
      var nested = config.nested(key);
      return checked(key, nested.integer("height"), nested.integer("width"));
    }
    int both = config.integer(key, 224);
    return checked(key, both, both);
  }

  private Size checked(String key, int height, int width) {
    if (height < 1 || width < 1 || height > LARGEST || width > LARGEST) {
      throw new BadInput(
          "%s: '%s' of %d x %d is no size of an image; 1 to %d are"
              .formatted(origin, key, height, width, LARGEST));
    }
    return new Size(height, width);
  }

  private float[] normed(Picture image) {
    double factor =
        config.bool("do_rescale", true) ? config.number("rescale_factor", 1 / 255.0) : 1;
    boolean norms = config.bool("do_normalize", true);
    var half = List.of(0.5, 0.5, 0.5);
    var mean = norms && config.has("image_mean") ? config.numbers("image_mean", CHANNELS) : half;
    var std = norms && config.has("image_std") ? config.numbers("image_std", CHANNELS) : half;
    int each = image.width() * image.height();
    var out = new float[CHANNELS * each];
    for (int c = 0; c < CHANNELS; c++) {
      for (int i = 0; i < each; i++) {
        float value = (float) (image.level(i, c) * factor);
        out[c * each + i] =
            norms ? (value - mean.get(c).floatValue()) / std.get(c).floatValue() : value;
      }
    }
    return out;
  }
}
