@NullMarked
package dev.sonde;

import org.jspecify.annotations.NullMarked;
