package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// The training rows of a [ClassTask] in the basis, with which class each is of.
final class ClassRows {
  private final Tensor z;
  private final Tensor members;
  private final int[] present;
  private final int[] counts;

  private ClassRows(Tensor z, Tensor members, int[] present, int[] counts) {
    this.z = z;
    this.members = members;
    this.present = present;
    this.counts = counts;
  }

  static ClassRows of(Basis basis, ClassTask task) {
    var rows = task.training();
    var present = task.present();
    var ids = Tensor.of(Arrays.stream(rows).asLongStream().toArray(), rows.length);
    var ones = new double[rows.length * present.length];
    var counts = new int[present.length];
    for (int i = 0; i < rows.length; i++) {
      int k = Arrays.binarySearch(present, task.label(rows[i]));
      ones[i * present.length + k] = 1;
      counts[k]++;
    }
    return new ClassRows(
        basis.z().pick(0, ids), Tensor.of(ones, rows.length, present.length), present, counts);
  }

  /// `n x r`.
  Tensor z() {
    return z;
  }

  /// `n x k`, 1 where a row is of a class.
  Tensor members() {
    return members;
  }

  /// The classes that have rows.
  int[] present() {
    return present;
  }

  int count(int k) {
    return counts[k];
  }

  /// `k x r`.
  Tensor means() {
    var sizes = Arrays.stream(counts).asDoubleStream().toArray();
    return members.transpose(0, 1).matmul(z).dividedBy(Tensor.of(sizes, sizes.length, 1));
  }

  /// Directions `k x r` and intercepts as `(r + 1) x k`, row-major.
  static double[] stacked(Tensor w, double[] b) {
    var rows = w.transpose(0, 1).contiguous().toDoubles();
    var out = Arrays.copyOf(rows, rows.length + b.length);
    System.arraycopy(b, 0, out, rows.length, b.length);
    return out;
  }
}
