/// Meeting the outside world politely: errors a user can act on, progress, files that are whole or
/// absent.
@NullMarked
package dev.sonde.io;

import org.jspecify.annotations.NullMarked;
