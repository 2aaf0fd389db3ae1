package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;

/// Pickled files, which run code when they are read: refused, with the way out.
final class PickleFormat implements ArrayFormat {
  @Override
  public boolean takes(ArrayName name) {
    return name.endsIn(".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib");
  }

  @Override
  public NdArray array(ArrayName name) {
    throw new BadInput(
        "%s is a pickle, which can run any code when it is read, so it is not read here; in Python: safetensors.torch.save_file({'x': torch.load('%s', weights_only=True)}, 'x.safetensors'), or np.save"
            .formatted(name.file(), name.file().getFileName()));
  }

  @Override
  public LayerTable layers(ArrayName name, String position) {
    return LayerTable.of(name, array(name));
  }
}
