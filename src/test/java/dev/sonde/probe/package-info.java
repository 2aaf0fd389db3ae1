@NullMarked
package dev.sonde.probe;

import org.jspecify.annotations.NullMarked;
