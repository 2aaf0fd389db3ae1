/// Activations, scores and labels that come as files: made by NumPy, PyTorch, vLLM or an earlier
/// capture, so that a probe needs no model.
///
/// A name such as `acts.npz#layer7` goes in; [dev.sonde.data.NdArray] (one array), [LayerTable] (a
/// matrix a layer) or [Column] (a value a row) come out. A new format is one file that implements
/// [ArrayFormat] and a line in [ArrayFormat#all].
@NullMarked
package dev.sonde.activation.arrays;

import org.jspecify.annotations.NullMarked;
