@NullMarked
package dev.sonde.house;

import org.jspecify.annotations.NullMarked;
