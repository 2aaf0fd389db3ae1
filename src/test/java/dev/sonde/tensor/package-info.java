@NullMarked
package dev.sonde.tensor;

import org.jspecify.annotations.NullMarked;
