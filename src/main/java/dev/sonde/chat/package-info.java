/// Conversations as the text a model was trained on, with the place of every message in it.
@NullMarked
package dev.sonde.chat;

import org.jspecify.annotations.NullMarked;
