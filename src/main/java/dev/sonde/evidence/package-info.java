/// What a finding stands on beyond one held-out number: control tasks, code lengths, usable
/// information, learning curves, directions compared, compositions, leaks, transfer between data
/// sets.
///
/// Arrays and probes come in, records of figures go out; every draw comes from a
/// [dev.sonde.provenance.Seed] and everything runs on the calling thread.
@NullMarked
package dev.sonde.evidence;

import org.jspecify.annotations.NullMarked;
