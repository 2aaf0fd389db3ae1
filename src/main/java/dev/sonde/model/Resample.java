package dev.sonde.model;

import dev.sonde.io.BadInput;
import java.util.function.DoubleUnaryOperator;

/// Scales images as Pillow does, whose numbers vision transformers were trained on: rows first,
/// then columns, each pixel a weighted mean of those under a window that widens as the image
/// shrinks; weights in 22 bits, rounded to 8 bits after either pass.
record Resample(DoubleUnaryOperator window, double support) {
  private static final int BITS = 22;

  /// By Pillow's number of a filter, as `preprocessor_config.json` has it.
  static Resample numbered(int filter, String origin) {
    return switch (filter) {
      case 1 -> new Resample(Resample::lanczos, 3);
      case 2 -> new Resample(x -> Math.max(0, 1 - Math.abs(x)), 1);
      case 3 -> new Resample(Resample::cubic, 2);
      default ->
          throw new BadInput(
              "%s asks for the filter %d; 1 (Lanczos), 2 (bilinear) and 3 (bicubic) are built"
                  .formatted(origin, filter));
    };
  }

  private static double lanczos(double x) {
    return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
  }

  /// Keys (1981) with a = -1/2.
  private static double cubic(double signed) {
    double x = Math.abs(signed);
    return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  }

  Picture to(Picture image, int width, int height) {
    var wide = image.width() == width ? image : pass(image, width, true);
    return image.height() == height ? wide : pass(wide, height, false);
  }

  /// One axis to a new size.
  private Picture pass(Picture in, int size, boolean across) {
    int old = across ? in.width() : in.height();
    int lines = across ? in.height() : in.width();
    int step = across ? 1 : in.width();
    int line = across ? in.width() : 1;
    int outLine = across ? size : 1;
    var out = new byte[3 * size * lines];
    double scale = (double) old / size;
    double wider = Math.max(1, scale);
    for (int i = 0; i < size; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support * wider + 0.5));
      int to = Math.min(old, (int) (centre + support * wider + 0.5));
      var weights = weights(from, to, centre, wider);
      for (int l = 0; l < lines; l++) {
        for (int c = 0; c < 3; c++) {
          int sum = 1 << (BITS - 1);
          int at = l * line + from * step;
          for (int weight : weights) {
            sum += in.level(at, c) * weight;
            at += step;
          }
          out[3 * (l * outLine + i * step) + c] = (byte) Math.clamp(sum >> BITS, 0, 255);
        }
      }
    }
    return across ? new Picture(size, lines, out) : new Picture(lines, size, out);
  }

  private int[] weights(int from, int to, double centre, double wider) {
    var exact = new double[to - from];
    double sum = 0;
    for (int x = from; x < to; x++) {
      exact[x - from] = window.applyAsDouble((x - centre + 0.5) / wider);
      sum += exact[x - from];
    }
    var out = new int[exact.length];
    for (int i = 0; i < out.length; i++) {
      double weight = exact[i] / sum * (1 << BITS);
      out[i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    return out;
  }
}
