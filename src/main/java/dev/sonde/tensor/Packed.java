package dev.sonde.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.ListType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.jspecify.annotations.Nullable;

/// oneDNN's linear layer with its weight packed once, reached through libtorch's dispatcher.
/// Forward only; the packed weight is a second copy in memory.
///
/// A row's numbers are the same on any number of threads (`WorkersTest`).
final class Packed {
  static {
    Engine.start();
  }

  /// What the kernel applies to its sums before it writes them.
  record Post(IValue name, IValue kind) {
    static Post of(String name, String kind) {
      return new Post(
          Lasting.pointer(() -> new IValue(name)), Lasting.pointer(() -> new IValue(kind)));
    }
  }

  static final Post NONE = Post.of("none", "");
  static final Post GELU = Post.of("gelu", "none");
  static final Post GELU_TANH = Post.of("gelu", "tanh");

  private static final OperatorHandle LINEAR = operator("mkldnn::_linear_pointwise");
  private static final OperatorHandle PACK = operator("mkldnn::_reorder_linear_weight");
  private static final IValue NOTHING = Lasting.pointer(IValue::new);
  private static final IValue NO_SCALARS =
      Lasting.pointer(() ->
          new IValue(new GenericList(OptionalType.get(ListType.ofNumbers().getElementType()))));

  private final IValue weight;
  private final IValue bias;

  private Packed(IValue weight, IValue bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /// W `[out, in]`, b `[out]`; lives in the scope that is open.
  static Packed of(Tensor weight, @Nullable Tensor bias) {
    return new Packed(
        new IValue(call(PACK, new IValue(weight.contiguous().raw()), NOTHING).raw()),
        bias == null ? NOTHING : new IValue(bias.raw()));
  }

  /// The same, outliving every scope.
  static Packed lasting(Tensor weight, @Nullable Tensor bias) {
    try (var scope = Scope.open()) {
      var out = of(weight, bias);
      out.weight.retainReference();
      if (bias != null) {
        out.bias.retainReference();
      }
      return out;
    }
  }

  Tensor linear(Tensor x, Post post) {
    return call(LINEAR, new IValue(x.raw()), weight, bias, post.name, NO_SCALARS, post.kind);
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
