@NullMarked
package dev.sonde.linalg;

import org.jspecify.annotations.NullMarked;
