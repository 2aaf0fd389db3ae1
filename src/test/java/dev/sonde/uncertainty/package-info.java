@NullMarked
package dev.sonde.uncertainty;

import org.jspecify.annotations.NullMarked;
