package dev.sonde.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Edits as text and as a file: what is written is read again, and what is none is refused.
final class InterventionTest {
  private static final Intervention.Source FILES =
      (name, point, mean) -> Vector.of(new double[] {1, 2, mean ? 3 : 4}, name);

  @TempDir private Path folder = Path.of("");

  private static List<Integer> covered(String positions, int length, int upTo) {
    var parsed = Positions.parse(positions);
    return IntStream.range(0, upTo).filter(i -> parsed.covers(i, length)).boxed().toList();
  }

  @Test
  void positionsCountAsPythonDoes() {
    assertThat(covered("all", 4, 6)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(covered("first", 4, 6)).containsExactly(0);
    assertThat(covered("last", 4, 6)).containsExactly(3);
    assertThat(covered("-2", 4, 6)).containsExactly(2);
    assertThat(covered("1:3", 4, 6)).containsExactly(1, 2);
    assertThat(covered(":-1", 4, 6)).containsExactly(0, 1, 2);
    assertThat(covered("-2:", 4, 6)).containsExactly(2, 3, 4, 5);
    assertThat(covered("0,-1,5", 4, 6)).containsExactly(0, 3, 5);
    assertThat(Positions.parse("0,2:,last").brief()).isEqualTo("0,2:,last");
    for (var wrong : List.of("", "middle", "1-3", "1:2:3", "1,", "--1")) {
      refused(() -> Positions.parse(wrong), "names no positions");
    }
  }

  @Test
  void aPositionThatATextLacksIsRefused() {
    Positions.parse("3,-4,0:9,all").mustBeIn(4, 4);
    for (var wrong : List.of("4", "-5", "4:", "2:2", "3:1")) {
      refused(() -> Positions.parse(wrong).mustBeIn(4, 4), "is not in a text of 4 tokens");
    }
    Positions.parse("4,6:").mustBeIn(4, Integer.MAX_VALUE);
    refused(() -> Positions.parse("-5").mustBeIn(4, Integer.MAX_VALUE), "of 4 tokens");
    refused(() -> Positions.parse("0,9").mustBeIn(4, 8), "read 8 tokens and never came to");
  }

  @Test
  void whatIsWrittenIsRead() {
    for (var text :
        List.of(
            "resid_post.3=zero",
            "resid_post.3@last=scale:0.5",
            "z.1/0,3@1:-1,5=zero",
            "pattern.0/2@-2=replace:0.25",
            "embed=add:-4*dir.npy",
            "mlp_out.2=add:probe.safetensors#mlp_out.2@last",
            "attn_out.0@0=mean:rows.npy",
            "logits=replace:-3")) {
      assertThat(Intervention.parse(text, FILES)).hasToString(text);
    }
    assertThat(Intervention.parse("blocks.1.attn.hook_z/3,0 = add:1*x.npy", FILES))
        .hasToString("z.1/0,3=add:x.npy");
  }

  @Test
  void whatIsNoEditIsRefused() {
    refused(() -> Intervention.parse("resid_post.3", FILES), "is no edit; write POINT");
    refused(() -> Intervention.parse("resid.3=zero", FILES), "'resid.3' is no point");
    refused(() -> Intervention.parse("resid_post=zero", FILES), "needs a layer");
    refused(() -> Intervention.parse("resid_post.3/1=zero", FILES), "resid_post.3 has no heads");
    refused(() -> Intervention.parse("z.1/a=zero", FILES), "names no heads");
    refused(() -> Intervention.parse("z.1=erase:2", FILES), "'erase' is no operation");
    refused(() -> Intervention.parse("z.1=zero:2", FILES), "is no operation");
    refused(() -> Intervention.parse("z.1=scale", FILES), "is no operation");
    refused(() -> Intervention.parse("z.1=scale:two", FILES), "'two' is no number");
    refused(() -> Intervention.parse("z.1=scale:1e999", FILES), "is no number");
    refused(() -> Intervention.parse("pattern.1=add:x.npy", FILES), "takes one number");
    refused(() -> Vector.of(new double[] {1, Double.NaN}, "x.npy"), "x.npy holds a NaN");
    refused(() -> Vector.mean(new double[5], 2, "x.npy"), "no rows of 2");
  }

  @Test
  void aMeanIsTheMean() {
    assertThat(Vector.mean(new double[] {1, 2, 3, 6, 5, 1}, 2, "x").numbers())
        .containsExactly(3, 3);
  }

  @Test
  void aFileHoldsWhatWasSaved() {
    var dims = new EditList.Dims(5, 64, 8, 4, 8);
    var edits =
        List.of(
            Intervention.parse("z.1/0,3@1:=zero", FILES),
            Intervention.parse("z.1=scale:0.1", FILES),
            Intervention.parse("embed@last=add:-0.3*dir.npy", FILES),
            Intervention.parse("scores.2/1=replace:1e-7", FILES),
            Intervention.parse("mlp_out.4=mean:rows.npy", FILES));
    var file = folder.resolve("e.json");
    new EditList(dims, edits).write(file);
    var read = EditList.read(file);
    assertThat(read).isEqualTo(new EditList(dims, edits));
    read.mustFit(dims);
    refused(
        () -> read.mustFit(new EditList.Dims(5, 32, 8, 4, 4)),
        "made for a network of 5 layers, d_model 64");
    var code = Intervention.everywhere(Point.residPost(0), new Operation.Custom("mine", x -> x));
    refused(() -> new EditList(dims, List.of(code)).write(folder.resolve("c.json")), "'mine'");
    assertThat(folder.resolve("c.json")).doesNotExist();
  }

  @Test
  void aFileThatHoldsNoEditsIsRefused() throws IOException {
    var good = folder.resolve("good.json");
    var edit = Intervention.parse("z.1/0=add:dir.npy", FILES);
    new EditList(new EditList.Dims(5, 64, 8, 4, 8), List.of(edit)).write(good);
    var text = Files.readString(good);
    assertThat(EditList.read(good).edits()).containsExactly(edit);
    for (var change :
        List.of(
            List.of("sonde.edits/1", "sonde.edits/9", "schema 'sonde.edits/9'"),
            List.of("\"d_model\" : 64", "\"d_model\" : \"x\"", "d_model"),
            List.of("\"z.1\"", "\"q9\"", "is no point"),
            List.of("\"all\"", "\"some\"", "names no positions"),
            List.of("\"add\"", "\"explode\"", "'explode' is no operation"),
            List.of("2.0", "\"a\"", "is no number"),
            List.of("\"strength\"", "\"force\"", "\"strength\" is missing"),
            List.of("[ 0 ]", "[ -1 ]", "is no head"),
            List.of("{", "", "holds no edits"))) {
      var broken = folder.resolve("broken.json");
      Files.writeString(broken, text.replace(change.getFirst(), change.get(1)));
      assertThat(Files.readString(broken)).as(change.getFirst()).isNotEqualTo(text);
      refused(() -> EditList.read(broken), change.get(2));
    }
    refused(() -> EditList.read(folder.resolve("absent.json")), "there is no such file");
  }

  private static void refused(ThrowingCallable action, String why) {
    assertThatThrownBy(action).isInstanceOf(BadInput.class).hasMessageContaining(why);
  }
}
