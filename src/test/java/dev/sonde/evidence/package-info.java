@NullMarked
package dev.sonde.evidence;

import org.jspecify.annotations.NullMarked;
