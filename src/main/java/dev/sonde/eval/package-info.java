/// What a probe's number is worth: splits, metrics, intervals, nulls, controls, baselines.
@NullMarked
package dev.sonde.eval;

import org.jspecify.annotations.NullMarked;
