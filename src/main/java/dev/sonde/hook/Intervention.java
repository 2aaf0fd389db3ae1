package dev.sonde.hook;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An edit as data: at a point, at some positions of each text, at some heads (none named: at all),
/// an operation.
///
/// Written `POINT[/HEADS][@POSITIONS]=OPERATION[:VALUE]`, as in `resid_post.3@last=zero`,
/// `z.1/0,3=scale:0.5`, `resid_post.3@2:5=add:-4*probe.safetensors`. Positions of a pattern or of
/// scores are those of the query; what a token cannot see there stays unseen. Without positions: at
/// all.
public record Intervention(
    Point point, Positions positions, List<Integer> heads, Operation operation) {
  private static final Pattern TARGET = Pattern.compile("([^@/]+)(?:/([^@/]*))?(?:@([^@/]*))?");
  private static final Pattern STRENGTH =
      Pattern.compile("([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)\\*(.+)");

  /// @throws BadInput for heads where there are none, or a vector where every row is as wide as its
  ///   text is long
  public Intervention {
    heads = List.copyOf(new TreeSet<>(heads));
    if (!heads.isEmpty() && point.place().shape() == Place.Shape.ROWS) {
      throw new BadInput(
          "%s has no heads; %s have"
              .formatted(
                  point,
                  Arrays.stream(Place.values())
                      .filter(p -> p.shape() != Place.Shape.ROWS)
                      .map(Place::brief)
                      .collect(Collectors.joining(", "))));
    }
    boolean pattern = point.place().shape() == Place.Shape.PATTERN;
    if (pattern && vector(operation).map(Vector::size).anyMatch(n -> n != 1)) {
      throw new BadInput(
          "%s is as wide as its text is long: an edit there takes one number, not a vector"
              .formatted(point));
    }
  }

  /// At every position and head.
  public static Intervention everywhere(Point point, Operation operation) {
    return new Intervention(point, Positions.ALL, List.of(), operation);
  }

  /// Reads the vectors that an edit names.
  @FunctionalInterface
  public interface Source {
    /// `mean`: the mean of the rows there, rather than the one row there.
    ///
    /// @throws BadInput if there is none
    Vector read(String name, Point point, boolean mean);
  }

  /// @throws BadInput for what is no edit
  public static Intervention parse(String text, Source source) {
    int equals = text.indexOf('=');
    var target = TARGET.matcher(equals < 0 ? "" : text.substring(0, equals).strip());
    if (!target.matches()) {
      throw new BadInput(
          "'%s' is no edit; write POINT[/HEADS][@POSITIONS]=OPERATION[:VALUE], as in resid_post.3@last=zero or z.1/0,3=scale:0.5"
              .formatted(text));
    }
    var point = Point.parse(target.group(1).strip());
    return new Intervention(
        point,
        target.group(3) == null ? Positions.ALL : Positions.parse(target.group(3)),
        target.group(2) == null ? List.of() : heads(target.group(2)),
        operation(text.substring(equals + 1).strip(), point, source));
  }

  private static List<Integer> heads(String text) {
    return Stream.of(text.split(",", -1))
        .map(word -> {
          if (!word.strip().matches("\\d{1,4}")) {
            throw new BadInput("'%s' names no heads; write numbers, as in /0,3".formatted(text));
          }
          return Integer.valueOf(word.strip());
        })
        .toList();
  }

  private static Operation operation(String text, Point point, Source source) {
    int colon = text.indexOf(':');
    var kind = colon < 0 ? text : text.substring(0, colon);
    var value = colon < 0 ? "" : text.substring(colon + 1).strip();
    if (kind.equals("zero") != value.isEmpty()) {
      throw new BadInput(
          "'%s' is no operation; there are zero, scale:FACTOR, add:[STRENGTH*]VECTOR, replace:VECTOR, mean:ROWS (a vector is a number or a file)"
              .formatted(text));
    }
    return switch (kind) {
      case "zero" -> new Operation.Zero();
      case "scale" -> new Operation.Scale(number(value));
      case "add" -> add(value, point, source);
      case "replace" -> new Operation.Replace(vector(value, point, source));
      case "mean" -> new Operation.Mean(source.read(value, point, true));
      default ->
          throw new BadInput(
              "'%s' is no operation; there are zero, scale, add, replace and mean".formatted(kind));
    };
  }

  private static Operation add(String value, Point point, Source source) {
    var strong = STRENGTH.matcher(value);
    return strong.matches()
        ? new Operation.Add(number(strong.group(1)), vector(strong.group(2), point, source))
        : new Operation.Add(1, vector(value, point, source));
  }

  private static Vector vector(String value, Point point, Source source) {
    return value.matches("[-+]?[.\\d].*") && isNumber(value)
        ? Vector.of(number(value))
        : source.read(value, point, false);
  }

  private static boolean isNumber(String text) {
    try {
      return Double.isFinite(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static double number(String text) {
    if (!isNumber(text)) {
      throw new BadInput("'%s' is no number".formatted(text));
    }
    return Double.parseDouble(text);
  }

  private static Stream<Vector> vector(Operation operation) {
    return switch (operation) {
      case Operation.Add(double _, Vector vector) -> Stream.of(vector);
      case Operation.Replace(Vector vector) -> Stream.of(vector);
      case Operation.Mean(Vector vector) -> Stream.of(vector);
      case Operation.Zero(), Operation.Scale(double _), Operation.Custom(var _, var _) ->
          Stream.empty();
    };
  }

  /// The operation on all that passes the point, choosing nothing: rows `[token, width]`, heads
  /// `[token, head, d_head]`, patterns `[text, head, q, k]`.
  ///
  /// @throws BadInput for a vector that does not fit
  public Tensor onAll(Tensor value) {
    return switch (operation) {
      case Operation.Zero() -> new Edit.Zero().apply(value);
      case Operation.Scale(double factor) -> new Edit.Scale(factor).apply(value);
      case Operation.Add(double strength, Vector vector) ->
          new Edit.Add(strength, fitted(vector, value)).apply(value);
      case Operation.Replace(Vector vector) -> new Edit.Replace(fitted(vector, value)).apply(value);
      case Operation.Mean(Vector vector) -> new Edit.Replace(fitted(vector, value)).apply(value);
      case Operation.Custom(var _, var function) -> function.apply(value);
    };
  }

  /// The vector in the shape of one row: `[width]`, `[d_head]` for every head alike, or `[head,
  /// d_head]`, where heads that are not named get zeros that nobody sees.
  private Tensor fitted(Vector vector, Tensor value) {
    int last = value.rank() - 1;
    int width = (int) value.size(last);
    var numbers = vector.numbers();
    if (numbers.length == 1 || numbers.length == width) {
      return Tensor.of(numbers, numbers.length).to(value.type());
    }
    boolean perHead = point.place().shape() == Place.Shape.HEADS;
    int all = perHead ? (int) value.size(1) : 1;
    if (perHead && numbers.length == all * width) {
      return Tensor.of(numbers, all, width).to(value.type());
    }
    if (perHead && !heads.isEmpty() && numbers.length == heads.size() * width) {
      var spread = new double[all * width];
      for (int i = 0; i < heads.size(); i++) {
        System.arraycopy(numbers, i * width, spread, heads.get(i) * width, width);
      }
      return Tensor.of(spread, all, width).to(value.type());
    }
    throw new BadInput(
        "%s has %s numbers a token, but the vector%s has %d"
            .formatted(
                point,
                perHead ? "%d x %d (heads x d_head)".formatted(all, width) : "" + width,
                vector.source().isEmpty() ? "" : " from " + vector.source(),
                numbers.length));
  }

  /// As it is written.
  @Override
  public String toString() {
    var at = heads.stream().map(String::valueOf).collect(Collectors.joining(","));
    return point
        + (at.isEmpty() ? "" : "/" + at)
        + (positions.equals(Positions.ALL) ? "" : "@" + positions.brief())
        + "="
        + operation.brief();
  }
}
