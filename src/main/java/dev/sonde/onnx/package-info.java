/// Networks as ONNX files: their tensors listed, read and edited, whatever the graph computes. The
/// only door to ONNX Runtime.
@NullMarked
package dev.sonde.onnx;

import org.jspecify.annotations.NullMarked;
