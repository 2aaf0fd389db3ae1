@NullMarked
package dev.sonde.token;

import org.jspecify.annotations.NullMarked;
