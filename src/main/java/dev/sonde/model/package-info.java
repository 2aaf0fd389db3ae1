/// Forward passes, one file a family: ids in, a residual stream with points at every place out.
@NullMarked
package dev.sonde.model;

import org.jspecify.annotations.NullMarked;
