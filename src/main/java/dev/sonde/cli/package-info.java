/// The command line: argv to calls, no logic.
@NullMarked
package dev.sonde.cli;

import org.jspecify.annotations.NullMarked;
