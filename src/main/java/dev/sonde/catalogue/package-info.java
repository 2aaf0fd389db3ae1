/// Real models that can be named: what they are, where they come from, how they become a folder of
/// safetensors.
@NullMarked
package dev.sonde.catalogue;

import org.jspecify.annotations.NullMarked;
