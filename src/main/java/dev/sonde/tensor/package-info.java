/// Native arrays: the only door to libtorch, with its memory, its threads and its choice of
/// kernels.
@NullMarked
package dev.sonde.tensor;

import org.jspecify.annotations.NullMarked;
