@NullMarked
package dev.sonde.onnx;

import org.jspecify.annotations.NullMarked;
