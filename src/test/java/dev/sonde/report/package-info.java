@NullMarked
package dev.sonde.report;

import org.jspecify.annotations.NullMarked;
