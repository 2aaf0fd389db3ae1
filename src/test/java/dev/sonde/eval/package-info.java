@NullMarked
package dev.sonde.eval;

import org.jspecify.annotations.NullMarked;
