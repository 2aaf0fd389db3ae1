@NullMarked
package dev.sonde.chat;

import org.jspecify.annotations.NullMarked;
