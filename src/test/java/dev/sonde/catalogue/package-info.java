@NullMarked
package dev.sonde.catalogue;

import org.jspecify.annotations.NullMarked;
