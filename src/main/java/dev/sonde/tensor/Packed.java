package dev.sonde.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;

/// oneDNN's linear layer with its weight packed once, reached through libtorch's dispatcher.
/// Forward only; the packed weight is a second copy in memory.
final class Packed {
  static {
    Engine.start();
  }

  private static final OperatorHandle LINEAR = operator("mkldnn::_linear_pointwise");
  private static final OperatorHandle PACK = operator("mkldnn::_reorder_linear_weight");
  private static final IValue NO_SCALARS =
      Lasting.pointer(() ->
          new IValue(new GenericList(OptionalType.get(ListType.ofNumbers().getElementType()))));

  private Packed() {}

  static Tensor pack(Tensor weight) {
    return call(PACK, new IValue(weight.raw()), new IValue());
  }

  /// `post` is "none", "gelu" (exact) or "gelu/tanh".
  static Tensor linear(Tensor x, Tensor packed, IValue bias, String post) {
    var parts = post.split("/");
    return call(
        LINEAR,
        new IValue(x.raw()),
        new IValue(packed.raw()),
        bias,
        new IValue(parts[0]),
        NO_SCALARS,
        new IValue(parts.length > 1 ? parts[1] : parts[0].equals("gelu") ? "none" : ""));
  }

  private static OperatorHandle operator(String name) {
    return Lasting.pointer(() -> Dispatcher.singleton().findSchemaOrThrow(name, ""));
  }

  private static Tensor call(OperatorHandle operator, IValue... arguments) {
    try (var stack = new IValueVector()) {
      for (var argument : arguments) {
        stack.push_back(argument);
      }
      operator.callBoxed(stack);
      // toTensor borrows from the stack: take a handle before it dies
      return new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()));
    }
  }
}
