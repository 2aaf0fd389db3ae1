/// Interpreters of rows: samples in, a frozen direction out.
@NullMarked
package dev.sonde.probe;

import org.jspecify.annotations.NullMarked;
