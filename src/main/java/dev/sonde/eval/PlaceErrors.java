package dev.sonde.eval;

/// How far predicted places lie from the true ones, on a globe.
public final class PlaceErrors {
  /// The mean radius of the earth in kilometres.
  private static final double RADIUS = 6371.0088;

  private PlaceErrors() {}

  /// The great-circle distance in kilometres of two places given in degrees. Angles that a
  /// regression may predict beyond the poles are taken as they are by the sine and cosine.
  public static double haversine(double lat1, double lon1, double lat2, double lon2) {
    double dLat = Math.toRadians(lat2 - lat1) / 2;
    double dLon = Math.toRadians(lon2 - lon1) / 2;
    double h =
        Math.pow(Math.sin(dLat), 2)
            + Math.cos(Math.toRadians(lat1))
                * Math.cos(Math.toRadians(lat2))
                * Math.pow(Math.sin(dLon), 2);
    return 2 * RADIUS * Math.asin(Math.sqrt(Math.clamp(h, 0.0, 1.0)));
  }

  /// The median distance in kilometres; rows are `{latitude, longitude}`.
  public static double median(double[][] predicted, double[][] truth) {
    var all = new double[truth.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = distance(predicted[i], truth[i]);
    }
    java.util.Arrays.sort(all);
    int n = all.length;
    return n % 2 == 1 ? all[n / 2] : (all[n / 2 - 1] + all[n / 2]) / 2;
  }

  /// The mean share of other places that lie closer to a prediction than the place it is meant for:
  /// 0 is perfect, 1/2 no better than a random place.
  public static double proximity(double[][] predicted, double[][] truth) {
    int n = truth.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double own = distance(predicted[i], truth[i]);
      int closer = 0;
      for (int j = 0; j < n; j++) {
        closer += j != i && distance(predicted[i], truth[j]) < own ? 1 : 0;
      }
      sum += (double) closer / (n - 1);
    }
    return sum / n;
  }

  private static double distance(double[] a, double[] b) {
    return haversine(a[0], a[1], b[0], b[1]);
  }
}
