/// Labelled text in, samples out: tables, corpora, matrices of rows.
@NullMarked
package dev.sonde.data;

import org.jspecify.annotations.NullMarked;
