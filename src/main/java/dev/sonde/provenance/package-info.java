/// Where a number comes from: seeds with a purpose, digests of files, the settings that identify a
/// result.
@NullMarked
package dev.sonde.provenance;

import org.jspecify.annotations.NullMarked;
