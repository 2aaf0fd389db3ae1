package dev.sonde.hook;

import dev.sonde.io.BadInput;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which tokens of a text, as the network reads them: those that the tokenizer put around the text
/// count too.
///
/// Written as Python writes indices and slices: `0`, `-1`, `2:5` (2, 3, 4), `3:`, `:-1`, several
/// with commas, or `all`, `first`, `last`. While a text is being continued, negative numbers and
/// `last` count from the end of the prompt; an open end takes in what is generated.
public record Positions(List<Part> parts) {
  public static final Positions ALL =
      new Positions(List.of(new Range(OptionalInt.empty(), OptionalInt.empty())));
  public static final Positions FIRST = new Positions(List.of(new Index(0)));
  public static final Positions LAST = new Positions(List.of(new Index(-1)));

  private static final Pattern INDEX = Pattern.compile("-?\\d{1,7}");
  private static final Pattern RANGE = Pattern.compile("(-?\\d{1,7})?:(-?\\d{1,7})?");

  /// @throws BadInput for no position at all
  public Positions {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new BadInput("an edit needs at least one position; say all for every token");
    }
  }

  /// One or several of a text's tokens.
  public sealed interface Part {}

  /// Counted from 0, or from the end where negative.
  public record Index(int at) implements Part {}

  /// From the first one on, up to but without the second.
  public record Range(OptionalInt from, OptionalInt to) implements Part {}

  public static Positions of(int... indices) {
    return new Positions(
        java.util.Arrays.stream(indices).mapToObj(i -> (Part) new Index(i)).toList());
  }

  /// @throws BadInput for what names no position
  public static Positions parse(String text) {
    return new Positions(
        Stream.of(text.split(",", -1)).map(word -> part(word.strip(), text)).toList());
  }

  private static Part part(String word, String whole) {
    var range = RANGE.matcher(word);
    if (word.equals("all")) {
      return ALL.parts.getFirst();
    } else if (word.equals("first") || word.equals("last")) {
      return new Index(word.equals("first") ? 0 : -1);
    } else if (INDEX.matcher(word).matches()) {
      return new Index(Integer.parseInt(word));
    } else if (range.matches()) {
      return new Range(number(range.group(1)), number(range.group(2)));
    }
    throw new BadInput(
        "'%s' names no positions; they are all, first, last, indices (0,-1) and ranges (2:5, 3:, :-1)"
            .formatted(whole));
  }

  private static OptionalInt number(String digits) {
    // a group that did not take part is null
    return digits == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(digits));
  }

  /// Whether position `at` is one of them in a text of `length` tokens, or behind that text.
  public boolean covers(int at, int length) {
    return parts.stream().anyMatch(part -> covers(part, at, length));
  }

  private static boolean covers(Part part, int at, int length) {
    return switch (part) {
      case Index(int index) -> at == (index < 0 ? length + index : index);
      case Range(OptionalInt from, OptionalInt to) ->
          at >= bound(from, 0, length) && at < bound(to, Integer.MAX_VALUE, length);
    };
  }

  private static int bound(OptionalInt given, int otherwise, int length) {
    if (given.isEmpty()) {
      return otherwise;
    }
    int at = given.getAsInt();
    return at < 0 ? Math.max(0, length + at) : at;
  }

  /// Refuses a part that a text of `length` tokens does not have, `end` of which are there once it
  /// was continued (`length` where it was not).
  ///
  /// @throws BadInput with the part and the length
  public void mustBeIn(int length, int end) {
    for (var part : parts) {
      boolean there =
          switch (part) {
            case Index(int index) -> index >= -length && index < end;
            case Range(OptionalInt from, OptionalInt to) ->
                bound(from, 0, length) < Math.min(bound(to, Integer.MAX_VALUE, length), end);
          };
      if (!there) {
        throw new BadInput(
            end == length || end == Integer.MAX_VALUE
                ? "position %s is not in a text of %d tokens (0 to %d, or -1 to -%d from its end)"
                    .formatted(brief(part), length, length - 1, length)
                : "the network read %d tokens and never came to position %s"
                    .formatted(end, brief(part)));
      }
    }
  }

  /// The name that [#parse] reads.
  public String brief() {
    return parts.stream().map(Positions::brief).collect(Collectors.joining(","));
  }

  private static String brief(Part part) {
    return switch (part) {
      case Index(int index) -> index == -1 ? "last" : Integer.toString(index);
      case Range(OptionalInt from, OptionalInt to) ->
          from.isEmpty() && to.isEmpty() ? "all" : brief(from) + ":" + brief(to);
    };
  }

  private static String brief(OptionalInt bound) {
    return bound.isPresent() ? Integer.toString(bound.getAsInt()) : "";
  }
}
