package dev.sonde.cli;

/// A command that will compute: the engine's libraries are loaded (most of a second) while it reads
/// its options and data.
interface NeedsEngine {}
