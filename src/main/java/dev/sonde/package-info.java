/// Sonde: probes of neural networks, and the evidence that they found something.
@NullMarked
package dev.sonde;

import org.jspecify.annotations.NullMarked;
