/// The main job: a model and labelled text in, findings with their evidence out.
@NullMarked
package dev.sonde.study;

import org.jspecify.annotations.NullMarked;
