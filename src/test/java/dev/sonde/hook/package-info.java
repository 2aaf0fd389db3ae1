@NullMarked
package dev.sonde.hook;

import org.jspecify.annotations.NullMarked;
