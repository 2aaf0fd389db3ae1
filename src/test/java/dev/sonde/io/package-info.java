@NullMarked
package dev.sonde.io;

import org.jspecify.annotations.NullMarked;
