@NullMarked
package dev.sonde.activation;

import org.jspecify.annotations.NullMarked;
