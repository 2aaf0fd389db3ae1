/// Named tensors from files: safetensors and the configuration beside them.
@NullMarked
package dev.sonde.weights;

import org.jspecify.annotations.NullMarked;
