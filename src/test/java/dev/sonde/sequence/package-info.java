@NullMarked
package dev.sonde.sequence;

import org.jspecify.annotations.NullMarked;
