@NullMarked
package dev.sonde.weights;

import org.jspecify.annotations.NullMarked;
