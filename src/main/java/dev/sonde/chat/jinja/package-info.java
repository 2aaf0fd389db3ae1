/// The part of Jinja that chat templates use: lexer, parser, evaluator; bounded in depth, steps and
/// output, without reflection, files or clock.
@NullMarked
package dev.sonde.chat.jinja;

import org.jspecify.annotations.NullMarked;
