package dev.sonde.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.TensorPoint.Role;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Graphs small enough to be worked out by hand.
final class NetworkTest {
  private static final NdArray X = NdArray.of(new float[] {1, 1, 1, -5, 5, 0}, 2, 3);

  private static Network sums() {
    return Network.of("sums", Path.of(""), TinyOnnx.sums());
  }

  private static float[] z(Map<String, Change> edits, Map<String, NdArray> values) {
    try (var run = sums().editing(List.of("z"), edits)) {
      return get(run.once(Map.of("x", X), values), "z").toFloats();
    }
  }

  private static NdArray get(Map<String, NdArray> out, String name) {
    return out.getOrDefault(name, NdArray.of(new float[0], 0));
  }

  private static void refused(Runnable work, String... words) {
    assertThatThrownBy(work::run).isInstanceOf(BadInput.class).hasMessageContainingAll(words);
  }

  @Test
  void tensorsAreToldApart() {
    var points = sums().points();
    assertThat(points.stream().map(TensorPoint::name)).containsExactly("x", "sum", "y", "z", "b");
    assertThat(points.stream().map(TensorPoint::role))
        .containsExactly(Role.INPUT, Role.INNER, Role.INNER, Role.OUTPUT, Role.INITIALISER);
    assertThat(points.stream().map(TensorPoint::node))
        .containsExactly("", "first", "second", "third", "");
    assertThat(points.get(1).shape()).isEqualTo("batch x 3");
    assertThat(points.get(1).type()).isEqualTo("float32");
    assertThat(points.get(3).consumed()).isFalse();
    assertThat(points.get(4).shape()).isEqualTo("3");
  }

  @Test
  void everythingIsReadAsByHand() {
    try (var run = sums().capturing(List.of("x", "sum", "y", "b", "z"))) {
      var out = run.once(Map.of("x", X), Map.of());
      assertThat(get(out, "x")).isEqualTo(X);
      assertThat(get(out, "sum").toFloats()).containsExactly(2, -1, 4, -4, 3, 3);
      assertThat(get(out, "y").toFloats()).containsExactly(2, 0, 4, 0, 3, 3);
      assertThat(get(out, "b").toFloats()).containsExactly(1, -2, 3);
      assertThat(get(out, "z").toFloats()).containsExactly(4, 0, 8, 0, 6, 6);
    }
  }

  @Test
  void rowsGoThroughInBatchesAndConstantsAreLeftOut() {
    var many = new float[3 * 150];
    for (int i = 0; i < many.length; i++) {
      many[i] = i;
    }
    try (var run = sums().capturing(List.of("sum", "b"))) {
      var out = run.all(Map.of("x", NdArray.of(many, 150, 3)));
      assertThat(out.keySet()).containsExactly("sum");
      assertThat(get(out, "sum").shape()).containsExactly(150, 3);
      assertThat(get(out, "sum").at(449)).isEqualTo(449 + 3);
    }
  }

  @Test
  void editsReachThoseWhoRead() {
    var row = NdArray.of(new float[] {10, 0, 0}, 1, 3);
    assertThat(z(Map.of("y", Change.ADD), Map.of("y", row))).containsExactly(24, 0, 8, 20, 6, 6);
    assertThat(z(Map.of("sum", Change.ADD), Map.of("sum", row)))
        .containsExactly(24, 0, 8, 12, 6, 6);
    assertThat(z(Map.of("y", Change.REPLACE), Map.of("y", X))).containsExactly(2, 2, 2, -10, 10, 0);
    assertThat(z(Map.of("b", Change.REPLACE), Map.of("b", NdArray.of(new float[3], 3))))
        .containsExactly(2, 2, 2, 0, 10, 0);
    assertThat(z(Map.of("x", Change.ADD), Map.of("x", row))).containsExactly(24, 0, 8, 12, 6, 6);
    assertThat(z(Map.of("y", Change.REPLACE, "b", Change.ADD), Map.of("y", X, "b", row.reshape(3))))
        .containsExactly(2, 2, 2, -10, 10, 0);
  }

  @Test
  void anEditedTensorIsReadAsEdited() {
    try (var run = sums().editing(List.of("y", "sum"), Map.of("y", Change.REPLACE))) {
      var out = run.once(Map.of("x", X), Map.of("y", X));
      assertThat(get(out, "y")).isEqualTo(X);
      assertThat(get(out, "sum").toFloats()).containsExactly(2, -1, 4, -4, 3, 3);
    }
  }

  @Test
  void editsReachBranchesWithinNodes() {
    var network = Network.of("branches", Path.of(""), TinyOnnx.branches());
    assertThat(network.point("a").consumed()).isTrue();
    for (boolean yes : new boolean[] {true, false}) {
      var flag =
          NdArray.of(NdArray.Kind.BOOL, MemorySegment.ofArray(new byte[] {(byte) (yes ? 1 : 0)}));
      try (var run = network.editing(List.of("z"), Map.of("a", Change.ADD))) {
        var ones = NdArray.of(new float[] {1}, 1);
        var out = run.once(Map.of("x", X, "yes", flag), Map.of("a", ones));
        assertThat(get(out, "z").toFloats()[0]).isZero();
        assertThat(get(out, "z").toFloats()[3]).isEqualTo(yes ? 6 : 12);
      }
    }
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() {
    refused(() -> z(Map.of("z", Change.ADD), Map.of()), "no node", "'z'");
    refused(() -> z(Map.of("w", Change.ADD), Map.of()), "no tensor 'w'", "sum");
    refused(() -> z(Map.of("y", Change.ADD), Map.of()), "numbers were given for []");
    refused(
        () -> z(Map.of("y", Change.ADD), Map.of("y", NdArray.of(new float[2], 2))), "did not run");
    refused(
        () -> {
          try (var run = sums().capturing(List.of("z"))) {
            run.once(Map.of("x", NdArray.of(new float[4], 1, 4)), Map.of());
          }
        },
        "'x'",
        "batch x 3",
        "[1, 4]");
    refused(
        () -> {
          try (var run = sums().capturing(List.of("z"))) {
            run.once(Map.of(), Map.of());
          }
        },
        "nothing for 'x'");
  }

  @Test
  void aNetworkThatCannotBeIsRefused() {
    var cycle =
        new Segments()
            .message(1, TinyOnnx.node("Add", "first", "x", "q", "p"))
            .message(1, TinyOnnx.node("Relu", "second", "p", "", "q"))
            .text(2, "cycle")
            .message(11, TinyOnnx.value("x", true))
            .message(12, TinyOnnx.value("q", true));
    opens(cycle, "ONNX Runtime");
    var twice =
        new Segments()
            .message(1, TinyOnnx.node("Neg", "a", "x", "", "y"))
            .message(1, TinyOnnx.node("Relu", "b", "x", "", "y"))
            .message(11, TinyOnnx.value("x", true))
            .message(12, TinyOnnx.value("y", true));
    opens(twice, "'y' is made twice");
    var away = TinyOnnx.constant("b", 1).number(14, 1);
    away.message(13, new Segments().text(1, "location").text(2, "../secret"));
    opens(new Segments().message(5, away), "own folder");
    var deep = new Segments().text(2, "inmost");
    for (int i = 0; i < 2_000; i++) {
      var node = TinyOnnx.node("If", "n" + i, "x", "", "y" + i);
      deep = new Segments().message(1, node.message(5, TinyOnnx.attribute("then_branch", deep)));
    }
    opens(deep, "deep in each other");
    refused(() -> Network.of("empty", Path.of(""), new byte[0]), "no graph");
    refused(() -> Network.open(Path.of("no-such-file.onnx")), "there is no file");
  }

  private static void opens(Segments graph, String... words) {
    refused(() -> Network.of("bad", Path.of(""), TinyOnnx.model(graph)), words);
  }
}
