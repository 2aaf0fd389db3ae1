package dev.sonde.sequence;

import dev.sonde.probe.Adam;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.SplittableRandom;

/// How a [StructuralProbe] comes to its map when some sentences decide when to stop.
///
/// After Hewitt & Manning (2019): [Adam] on batches of twenty sentences; when an epoch does not
/// lower the loss of the sentences kept aside, the rate falls; after five such epochs in a row, or
/// eighty in all, it ends, and the best epoch is kept. Their rate of 0.001 that falls to a tenth is
/// made for forty thousand sentences; with one thousand it stops short of what the loss of the
/// sentences kept aside allows, so it begins at 0.01 and halves. Order and choice follow from the
/// seed; sums run in the order of the batch.
final class StructuralTraining {
  private static final int BATCH = 20;
  private static final int EPOCHS = 80;
  private static final int PATIENCE = 5;
  private static final double RATE = 1e-2;
  private static final double GAIN = 1e-4;

  private final StructuralLoss loss;
  private final SplittableRandom random;
  private final int[] train;
  private final int[] kept;

  StructuralTraining(StructuralLoss loss, int kept, Seed seed) {
    this.loss = loss;
    random = seed.forPurpose("structural training").generator();
    var order = new int[loss.sentences()];
    Arrays.setAll(order, i -> i);
    shuffle(order);
    int aside = Math.min(kept, order.length - 1);
    this.kept = Arrays.copyOf(order, aside);
    Arrays.sort(this.kept);
    train = Arrays.copyOfRange(order, aside, order.length);
  }

  /// The best map, its loss on the sentences kept aside, the epochs it took.
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record End(double[] map, double loss, int steps) {}

  End run(double[] start) {
    var map = start.clone();
    var best = map.clone();
    var slope = new double[map.length];
    var adam = new Adam(map.length);
    double lowest = held(map);
    double rate = RATE;
    int idle = 0;
    int epochs = 0;
    while (epochs < EPOCHS && idle < PATIENCE) {
      shuffle(train);
      for (int from = 0; from < train.length; from += BATCH) {
        var some = Arrays.copyOfRange(train, from, Math.min(train.length, from + BATCH));
        loss.of(some, map, slope);
        adam.step(map, slope, rate);
      }
      epochs++;
      double now = held(map);
      if (now < lowest - GAIN) {
        lowest = now;
        best = map.clone();
        idle = 0;
      } else {
        idle++;
        rate /= 2;
      }
    }
    return new End(best, lowest, epochs);
  }

  private double held(double[] map) {
    return loss.of(kept, map, new double[0]);
  }

  private void shuffle(int[] ids) {
    for (int i = ids.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int other = ids[i];
      ids[i] = ids[j];
      ids[j] = other;
    }
  }
}
