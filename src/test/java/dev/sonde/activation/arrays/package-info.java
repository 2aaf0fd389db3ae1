@NullMarked
package dev.sonde.activation.arrays;

import org.jspecify.annotations.NullMarked;
