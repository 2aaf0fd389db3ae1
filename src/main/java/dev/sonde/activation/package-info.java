/// Capture: a model times a corpus gives matrices of rows, in memory or in a store on disk.
@NullMarked
package dev.sonde.activation;

import org.jspecify.annotations.NullMarked;
