package dev.sonde.model;

import dev.sonde.io.BadInput;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/// An image in three channels of 8 bits, `[height, width, 3]`; the transparency of a PNG is left
/// out, grey is three times the same.
final class Picture {
  /// Pixels that any file may have, and those for each of its bytes on top: photographs have three
  /// to ten, so that what a header claims beyond is a bomb. And what none may have.
  private static final long FREE_PIXELS = 8L << 20;

  private static final long PIXELS_PER_BYTE = 16;
  private static final long MOST_PIXELS = 64L << 20;

  private final int width;
  private final int height;
  private final byte[] rgb;

  /// Keeps `rgb`, three bytes for each pixel, row by row.
  Picture(int width, int height, byte[] rgb) {
    if (rgb.length != 3 * width * height) {
      throw new IllegalArgumentException(
          "%d x %d pixels take 3 bytes each".formatted(width, height));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /// A channel (0 red, 1 green, 2 blue) of a pixel in the order of rows, 0 to 255.
  int level(int pixel, int channel) {
    return rgb[3 * pixel + channel] & 0xff;
  }

  /// @throws BadInput for a file that is no sound PNG or JPEG, or has too many pixels
  static Picture read(Path file) {
    try (var in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
      var readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new BadInput(file + " is no PNG or JPEG image");
      }
      var reader = readers.next();
      try {
        reader.setInput(in);
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        long most = Math.min(MOST_PIXELS, FREE_PIXELS + PIXELS_PER_BYTE * Files.size(file));
        if (pixels > most) {
          throw new BadInput(
              "%s has %,d pixels; at most %,d are read from a file of its size: scale it down first"
                  .formatted(file, pixels, most));
        }
        return of(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (BadInput e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the decoders throw whatever comes
      throw new BadInput(
          "%s cannot be read as an image (%s)"
              .formatted(file, String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ")),
          e);
    }
  }

  private static Picture of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    var out = new byte[3 * width * height];
    var raster = image.getRaster();
    int channels = raster.getNumBands();
    boolean stored =
        !(image.getColorModel() instanceof IndexColorModel)
            && image.getColorModel().getComponentSize(0) == 8
            && channels != 4; // what a decoder makes of four may be in another order
    int at = 0;
    var pixel = new int[channels];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Java's own conversion of grey to RGB would lighten it
        int rgb = stored ? 0 : image.getRGB(x, y);
        if (stored) {
          raster.getPixel(x, y, pixel);
        }
        for (int c = 0; c < 3; c++) {
          out[at++] = (byte) (stored ? pixel[channels < 3 ? 0 : c] : rgb >> (16 - 8 * c));
        }
      }
    }
    return new Picture(width, height, out);
  }

  /// A window, black where it lies outside.
  Picture window(int left, int top, int wide, int high) {
    var out = new byte[3 * wide * high];
    for (int y = Math.max(0, -top); y < Math.min(high, height - top); y++) {
      int from = Math.max(0, -left);
      int count = Math.min(wide, width - left) - from;
      if (count > 0) {
        System.arraycopy(
            rgb, 3 * ((y + top) * width + from + left), out, 3 * (y * wide + from), 3 * count);
      }
    }
    return new Picture(wide, high, out);
  }
}
