/// Places in a network, and what can be read or changed there.
@NullMarked
package dev.sonde.hook;

import org.jspecify.annotations.NullMarked;
