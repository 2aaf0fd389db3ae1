/// Text to ids and back, with the character span of every token.
@NullMarked
package dev.sonde.token;

import org.jspecify.annotations.NullMarked;
