@NullMarked
package dev.sonde.data;

import org.jspecify.annotations.NullMarked;
