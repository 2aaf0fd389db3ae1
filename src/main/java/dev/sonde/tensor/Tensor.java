package dev.sonde.tensor;

import com.google.errorprone.annotations.CheckReturnValue;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// An n-dimensional array in native memory. Operations give new tensors, which live as long as the
/// innermost open [Scope]; nothing changes in place.
///
/// Shapes that do not fit throw an `IllegalArgumentException`, or libtorch's own message as a
/// `RuntimeException`. Operations of neural networks are in [Nn], of linear algebra in the room
/// `linalg`.
@CheckReturnValue
public final class Tensor {
  static {
    Engine.start();
  }

  private final org.bytedeco.pytorch.Tensor t;

  Tensor(org.bytedeco.pytorch.Tensor t) {
    this.t = t;
  }

  org.bytedeco.pytorch.Tensor raw() {
    return t;
  }

  // ---- from numbers ----

  public static Tensor of(float[] values, long... shape) {
    return copyOf(MemorySegment.ofArray(values), DType.FLOAT32, shape);
  }

  public static Tensor of(double[] values, long... shape) {
    return copyOf(MemorySegment.ofArray(values), DType.FLOAT64, shape);
  }

  public static Tensor of(long[] values, long... shape) {
    return copyOf(MemorySegment.ofArray(values), DType.INT64, shape);
  }

  /// A view of native memory (a mapped file, say), without a copy. The memory must outlive the
  /// tensor; nothing here writes to it.
  public static Tensor view(MemorySegment memory, DType type, long... shape) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("a view needs native memory; copyOf takes arrays");
    }
    check(memory, type, shape);
    return new Tensor(
        torch.from_blob(new Address(memory.address()), shape, torch.dtype(type.torch)));
  }

  /// A copy of rows, heap or mapped, native byte order.
  public static Tensor copyOf(MemorySegment memory, DType type, long... shape) {
    check(memory, type, shape);
    return written(type, to -> to.copyFrom(memory), shape);
  }

  /// A new tensor whose memory `write` fills, before anybody sees it.
  public static Tensor written(DType type, Consumer<MemorySegment> write, long... shape) {
    var tensor = new Tensor(torch.empty(shape, torch.dtype(type.torch), null));
    write.accept(tensor.segment());
    return tensor.on(Device.current());
  }

  public static Tensor zeros(DType type, long... shape) {
    return new Tensor(torch.zeros(shape, torch.dtype(type.torch))).on(Device.current());
  }

  public static Tensor full(double value, DType type, long... shape) {
    return zeros(type, shape).plus(value);
  }

  public static Tensor eye(long n, DType type) {
    return new Tensor(torch.eye(n, torch.dtype(type.torch))).on(Device.current());
  }

  /// 0, 1, … n-1 as INT64.
  public static Tensor range(long n) {
    var out = new long[Math.toIntExact(n)];
    Arrays.setAll(out, i -> i);
    return of(out, n);
  }

  // ---- what it is ----

  public long[] shape() {
    return t.sizes().vec().get();
  }

  /// The size of an axis; negative counts from the end.
  public long size(int axis) {
    return t.size(axis);
  }

  public int rank() {
    return (int) t.dim();
  }

  public long count() {
    return t.numel();
  }

  public DType type() {
    return DType.of(t.scalar_type());
  }

  // ---- arithmetic ----

  public Tensor plus(Tensor other) {
    return new Tensor(t.add(other.t));
  }

  public Tensor plus(double value) {
    return new Tensor(t.add(new Scalar(value)));
  }

  public Tensor minus(Tensor other) {
    return new Tensor(t.sub(other.t));
  }

  public Tensor minus(double value) {
    return plus(-value);
  }

  public Tensor times(Tensor other) {
    return new Tensor(t.mul(other.t));
  }

  public Tensor times(double value) {
    return new Tensor(t.mul(new Scalar(value)));
  }

  /// `this + a * b`, in one pass.
  public Tensor plusProduct(Tensor a, Tensor b) {
    return new Tensor(t.addcmul(a.t, b.t));
  }

  public Tensor dividedBy(Tensor other) {
    return new Tensor(t.div(other.t));
  }

  public Tensor matmul(Tensor other) {
    return new Tensor(t.matmul(other.t));
  }

  public Tensor negative() {
    return new Tensor(t.neg());
  }

  public Tensor abs() {
    return new Tensor(t.abs());
  }

  public Tensor exp() {
    return new Tensor(t.exp());
  }

  public Tensor log() {
    return new Tensor(t.log());
  }

  public Tensor sqrt() {
    return new Tensor(t.sqrt());
  }

  public Tensor square() {
    return new Tensor(t.mul(t));
  }

  public Tensor reciprocal() {
    return new Tensor(t.reciprocal());
  }

  public Tensor sigmoid() {
    return new Tensor(t.sigmoid());
  }

  public Tensor tanh() {
    return new Tensor(t.tanh());
  }

  public Tensor cos() {
    return new Tensor(t.cos());
  }

  public Tensor sin() {
    return new Tensor(t.sin());
  }

  public Tensor atLeast(double value) {
    return new Tensor(torch.clamp_min(t, new Scalar(value)));
  }

  // ---- over axes ----

  public Tensor sum() {
    return new Tensor(t.sum());
  }

  /// The sum over one axis, which goes away.
  public Tensor sum(int axis) {
    return new Tensor(t.sum(new long[] {axis}, false, new ScalarTypeOptional()));
  }

  public Tensor mean(int axis) {
    return sum(axis).times(1.0 / size(axis));
  }

  public Tensor max() {
    return new Tensor(t.max());
  }

  public Tensor argmax(int axis) {
    return new Tensor(t.argmax(new org.bytedeco.pytorch.LongOptional(axis), false));
  }

  public Tensor softmax(int axis) {
    return new Tensor(t.softmax(axis));
  }

  public Tensor logSoftmax(int axis) {
    return new Tensor(t.log_softmax(axis));
  }

  // ---- shape ----

  public Tensor reshape(long... shape) {
    return new Tensor(t.reshape(shape));
  }

  public Tensor transpose(int a, int b) {
    return new Tensor(t.transpose(a, b));
  }

  public Tensor permute(long... axes) {
    return new Tensor(t.permute(axes));
  }

  /// A window of `length` along an axis, without a copy.
  public Tensor narrow(int axis, long start, long length) {
    return new Tensor(t.narrow(axis, start, length));
  }

  /// One place of an axis, which goes away.
  public Tensor select(int axis, long index) {
    return new Tensor(t.select(axis, index));
  }

  /// Rows (or slices of `axis`) in the order of INT64 `ids`.
  public Tensor pick(int axis, Tensor ids) {
    return new Tensor(t.index_select(axis, ids.t));
  }

  public Tensor unsqueeze(int axis) {
    return new Tensor(t.unsqueeze(axis));
  }

  /// Each slice of `axis` so many times in a row: a b → a a b b.
  public Tensor repeatEach(int axis, long times) {
    return new Tensor(
        t.repeat_interleave(
            times,
            new org.bytedeco.pytorch.LongOptional(axis),
            new org.bytedeco.pytorch.LongOptional()));
  }

  public static Tensor cat(int axis, List<Tensor> parts) {
    var vector =
        new TensorVector(
            parts.stream().map(Tensor::raw).toArray(org.bytedeco.pytorch.Tensor[]::new));
    return new Tensor(torch.cat(vector, axis));
  }

  public static Tensor stack(int axis, List<Tensor> parts) {
    return cat(axis, parts.stream().map(p -> p.unsqueeze(axis)).toList());
  }

  public Tensor contiguous() {
    return new Tensor(t.contiguous());
  }

  /// Where `mask` (BOOL) is true, `value`.
  public Tensor masked(Tensor mask, double value) {
    return new Tensor(t.masked_fill(mask.t, new Scalar(value)));
  }

  /// Zero below the `diagonal`th diagonal.
  public Tensor upperTriangle(long diagonal) {
    return new Tensor(t.triu(diagonal));
  }

  public Tensor greaterThan(double value) {
    return new Tensor(t.gt(new Scalar(value)));
  }

  /// This where `mask` is true, `other` elsewhere.
  public Tensor where(Tensor mask, Tensor other) {
    return new Tensor(torch.where(mask.t, t, other.t));
  }

  public Tensor to(DType type) {
    return type() == type ? this : new Tensor(t.to(type.torch));
  }

  /// The same numbers on a device: this, if they lie there.
  public Tensor on(Device device) {
    return device() == device ? this : new Tensor(device == Device.CUDA ? t.cuda() : t.cpu());
  }

  public Device device() {
    return t.is_cuda() ? Device.CUDA : Device.CPU;
  }

  public Tensor copy() {
    return new Tensor(t.clone());
  }

  // ---- gradients ----

  /// The same values as a leaf whose gradient can be asked for.
  public Tensor leaf() {
    return new Tensor(t.detach().requires_grad_(true));
  }

  public Tensor detach() {
    return new Tensor(t.detach());
  }

  // ---- to numbers ----

  /// The single number of a tensor with one element.
  public double item() {
    if (count() != 1) {
      throw new IllegalArgumentException("item() takes a tensor of one number, not of " + count());
    }
    return t.to(DType.FLOAT64.torch).item_double();
  }

  public float[] toFloats() {
    var out = new float[Math.toIntExact(count())];
    var dense = to(DType.FLOAT32).on(Device.CPU).contiguous();
    MemorySegment.ofArray(out).copyFrom(dense.segment());
    return out;
  }

  public double[] toDoubles() {
    var out = new double[Math.toIntExact(count())];
    MemorySegment.ofArray(out).copyFrom(to(DType.FLOAT64).on(Device.CPU).contiguous().segment());
    return out;
  }

  public long[] toLongs() {
    var out = new long[Math.toIntExact(count())];
    MemorySegment.ofArray(out).copyFrom(to(DType.INT64).on(Device.CPU).contiguous().segment());
    return out;
  }

  /// Copies the numbers as they are stored, row-major, to `target`.
  public void copyTo(MemorySegment target) {
    target.copyFrom(on(Device.CPU).contiguous().segment());
  }

  @Override
  public String toString() {
    return "Tensor" + Arrays.toString(shape()) + " " + type();
  }

  /// The storage of a contiguous tensor on the processor.
  private MemorySegment segment() {
    return count() == 0 // then libtorch has no address
        ? MemorySegment.NULL
        : MemorySegment.ofAddress(t.data_ptr().address()).reinterpret(count() * type().bytes());
  }

  private static void check(MemorySegment memory, DType type, long[] shape) {
    long numbers = 1;
    for (long n : shape) {
      numbers = Math.multiplyExact(numbers, n);
    }
    if (memory.byteSize() != numbers * type.bytes()) {
      throw new IllegalArgumentException(
          "shape %s of %s takes %d bytes, but there are %d"
              .formatted(Arrays.toString(shape), type, numbers * type.bytes(), memory.byteSize()));
    }
  }

  static TensorOptional optional(Tensor tensor) {
    return new TensorOptional(tensor.t);
  }
}
