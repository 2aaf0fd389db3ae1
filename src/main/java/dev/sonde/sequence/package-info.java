/// Probes of sequences: rows of tokens instead of one row a text, labels of tokens, spans and
/// squares, trees over words.
@NullMarked
package dev.sonde.sequence;

import org.jspecify.annotations.NullMarked;
