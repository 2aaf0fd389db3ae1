@NullMarked
package dev.sonde.study;

import org.jspecify.annotations.NullMarked;
