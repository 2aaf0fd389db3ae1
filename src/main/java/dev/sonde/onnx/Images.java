package dev.sonde.onnx;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/// Images as a network's input takes them: one channel (luminance, ITU-R BT.601) or three, before
/// or after height and width, scaled to its size, in 0 .. 1.
final class Images {
  private static final long MOST_PIXELS = 64L << 20;

  private Images() {}

  static boolean named(String name) {
    return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
  }

  /// Where channels, height and width are; a size of 0 is free.
  private record Layout(boolean channelsFirst, int channels, int height, int width) {
    static Layout of(TensorPoint input) {
      var sizes = input.sizes();
      if (sizes.size() == 4 && channels(sizes.get(1))) {
        return of(true, sizes.get(1), sizes.get(2), sizes.get(3));
      }
      if (sizes.size() == 4 && channels(sizes.get(3))) {
        return of(false, sizes.get(3), sizes.get(1), sizes.get(2));
      }
      if (sizes.size() == 3) {
        return of(true, 1, sizes.get(1), sizes.get(2));
      }
      throw new BadInput(
          "the input '%s' takes %s, which no image of 1 or 3 channels fits; give a .npy file"
              .formatted(input.name(), input.shape()));
    }

    private static Layout of(boolean first, long channels, long height, long width) {
      return new Layout(
          first,
          (int) channels,
          Math.toIntExact(Math.max(0, height)),
          Math.toIntExact(Math.max(0, width)));
    }

    private static boolean channels(long n) {
      return n == 1 || n == 3;
    }
  }

  static NdArray read(List<Path> files, TensorPoint input) {
    var layout = Layout.of(input);
    int height = layout.height;
    int width = layout.width;
    float[] out = {};
    for (int i = 0; i < files.size(); i++) {
      var image = image(files.get(i));
      height = height == 0 ? image.getHeight() : height;
      width = width == 0 ? image.getWidth() : width;
      if (i == 0) {
        long numbers = (long) files.size() * layout.channels * height * width;
        if (numbers > Integer.MAX_VALUE - 8) {
          throw new BadInput(
              "%d images of %d x %d are too many at once; give fewer"
                  .formatted(files.size(), height, width));
        }
        out = new float[(int) numbers];
      }
      fill(scaled(image, width, height), layout, out, i * layout.channels * height * width);
    }
    int n = files.size();
    int c = layout.channels;
    if (input.sizes().size() == 3) {
      return NdArray.of(out, n, height, width);
    }
    return layout.channelsFirst
        ? NdArray.of(out, n, c, height, width)
        : NdArray.of(out, n, height, width, c);
  }

  private static BufferedImage image(Path file) {
    try (var in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
      var readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new BadInput(file + " is no PNG or JPEG image");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels > MOST_PIXELS) {
          throw new BadInput(
              "%s has %d million pixels; scale it down first".formatted(file, pixels / 1_000_000));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    } catch (IOException | IndexOutOfBoundsException | NegativeArraySizeException e) {
      throw new BadInput("%s cannot be read as an image (%s)".formatted(file, e.getMessage()), e);
    }
  }

  private static BufferedImage scaled(BufferedImage image, int width, int height) {
    if (image.getWidth() == width && image.getHeight() == height) {
      return image;
    }
    var out = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = out.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return out;
  }

  private static void fill(BufferedImage image, Layout layout, float[] out, int from) {
    int height = image.getHeight();
    int width = image.getWidth();
    boolean grey = image.getColorModel().getNumColorComponents() == 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < layout.channels; c++) {
          int at =
              layout.channelsFirst
                  ? (c * height + y) * width + x
                  : (y * width + x) * layout.channels + c;
          out[from + at] = value(image, x, y, grey, layout.channels == 1 ? -1 : c);
        }
      }
    }
  }

  /// One channel of a pixel, or (-1) its luminance. Grey images are read as they are stored: Java's
  /// own conversion to RGB would lighten them.
  private static float value(BufferedImage image, int x, int y, boolean grey, int channel) {
    if (grey && image.getColorModel().getPixelSize() >= 8) {
      int bits = image.getColorModel().getComponentSize(0);
      return image.getRaster().getSample(x, y, 0) / (float) ((1 << bits) - 1);
    }
    int rgb = image.getRGB(x, y);
    int red = rgb >> 16 & 0xff;
    int green = rgb >> 8 & 0xff;
    int blue = rgb & 0xff;
    return switch (channel) {
      case 0 -> red / 255f;
      case 1 -> green / 255f;
      case 2 -> blue / 255f;
      default -> (0.299f * red + 0.587f * green + 0.114f * blue) / 255f;
    };
  }
}
