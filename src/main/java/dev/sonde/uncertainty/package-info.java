/// How unsure a model's answers are, and whether that goes with what probes read from it.
///
/// Log-probabilities and answers come in, entropies and correlations with intervals go out.
@NullMarked
package dev.sonde.uncertainty;

import org.jspecify.annotations.NullMarked;
