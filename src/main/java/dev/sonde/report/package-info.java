/// Findings to files: a page, a table, a schema, a probe that can be loaded again.
@NullMarked
package dev.sonde.report;

import org.jspecify.annotations.NullMarked;
