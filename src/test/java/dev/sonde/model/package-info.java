@NullMarked
package dev.sonde.model;

import org.jspecify.annotations.NullMarked;
