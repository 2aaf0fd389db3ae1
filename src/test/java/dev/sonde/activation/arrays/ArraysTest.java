package dev.sonde.activation.arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every format that arrays come in, and what is said of those that are not read.
final class ArraysTest {
  /// `np.savez_compressed(f, a=np.arange(6, dtype=np.float16).reshape(3, 2) / 4, b=np.array([1, -2,
  /// 3]))` of NumPy 2.
  private static final String DEFLATED =
      "UEsDBC0AAAAIAAAAIQAdrRnD//////////8FABQAYS5ucHkBABAAjAAAAAAAAABSAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqSuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgYGBhMGCwYrBhsGWwBQSwMELQAAAAgAAAAhAHSo8zD//////////wUAFABiLm5weQEAEACYAAAAAAAAAE4AAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaxjqaOgq1ChQALkYGCPj3HwKYoXwAUEsBAi0DLQAAAAgAAAAhAB2tGcNSAAAAjAAAAAUAAAAAAAAAAAAAAIABAAAAAGEubnB5UEsBAi0DLQAAAAgAAAAhAHSo8zBOAAAAmAAAAAUAAAAAAAAAAAAAAIABiQAAAGIubnB5UEsFBgAAAAACAAIAZgAAAA4BAAAAAA==";

  @TempDir private Path folder = Path.of("");

  private static void refused(String text, String... words) {
    assertThatThrownBy(() -> ArrayFormat.read(text))
        .isInstanceOf(BadInput.class)
        .hasMessageContainingAll(words);
  }

  private static void refusedAsLayers(String text, String position, String... words) {
    assertThatThrownBy(() -> LayerTable.open(text, position).close())
        .isInstanceOf(BadInput.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void aCompressedArchiveOfNumPyIsRead() throws IOException {
    var file = folder.resolve("x.npz");
    Files.write(file, Base64.getDecoder().decode(DEFLATED));
    var a = ArrayFormat.read(file + "#a");
    assertThat(a.shape()).containsExactly(3, 2);
    assertThat(a.toFloats()).containsExactly(0, .25f, .5f, .75f, 1, 1.25f);
    assertThat(Column.read(file + "#b")).containsExactly("1", "-2", "3");
    refused(file.toString(), "has 2 arrays; say which one", "a, b");
    refused(file + "#c", "has no array 'c'; it has a, b");
    Files.write(file, new byte[] {'P', 'K', 3, 4, 0});
    refused(file + "#a", "no sound .npz");
  }

  @Test
  void whatIsWrittenIsReadAndTheSameBytes() throws IOException {
    var file = folder.resolve("w.npz");
    var array = NdArray.of(new double[] {1, Math.PI, -3, 4}, 2, 2);
    Npz.write(file, Map.of("w", array, "s", NdArray.of(new float[] {7}, 1)));
    assertThat(ArrayFormat.read(file + "#w")).isEqualTo(array);
    var first = Files.readAllBytes(file);
    Npz.write(file, Map.of("s", NdArray.of(new float[] {7}, 1), "w", array));
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void tensorsOfEveryKindAreRead() {
    var file = folder.resolve("t.safetensors");
    var half = MemorySegment.ofArray(new short[] {Float.floatToFloat16(1.5f), 0});
    var brain = MemorySegment.ofArray(new short[] {(short) 0x3fc0, (short) 0xc000});
    new SafeTensorsFile()
        .with("half", DType.FLOAT16, half, 2)
        .with("brain", DType.BFLOAT16, brain, 2)
        .with("small", DType.INT8, MemorySegment.ofArray(new byte[] {-1, 5}), 2)
        .with("short", DType.INT16, MemorySegment.ofArray(new short[] {-300, 5}), 2)
        .with("wide", new double[] {Math.E, 1}, 2)
        .write(file);
    assertThat(ArrayFormat.read(file + "#half").toFloats()).containsExactly(1.5f, 0);
    assertThat(ArrayFormat.read(file + "#brain").toFloats()).containsExactly(1.5f, -2);
    assertThat(ArrayFormat.read(file + "#small").toFloats()).containsExactly(-1, 5);
    assertThat(ArrayFormat.read(file + "#short").toFloats()).containsExactly(-300, 5);
    assertThat(ArrayFormat.read(file + "#wide").at(0)).isEqualTo(Math.E);
    refused(file.toString(), "has 5 arrays");
    refused(file + "#none", "no tensor 'none'");
  }

  @Test
  void tablesOfNumbersHaveNamesOrNot() throws IOException {
    var named = Files.writeString(folder.resolve("n.csv"), "a,b\n1,2.5\n3,-4\n");
    var plain = Files.writeString(folder.resolve("p.tsv"), "1\t2.5\n3\t-4\n");
    assertThat(ArrayFormat.read(named.toString())).isEqualTo(ArrayFormat.read(plain.toString()));
    assertThat(ArrayFormat.read(named + "#b")).isEqualTo(NdArray.of(new double[] {2.5, -4}, 2));
    assertThat(Column.read(named + ":a")).containsExactly("1", "3");
    var words = Files.writeString(folder.resolve("w.csv"), "a,label\n1,yes\n");
    refused(words.toString(), "row 1, column label: 'yes' is no number");
    assertThat(Column.read(words.toString())).containsExactly("yes");
    assertThatThrownBy(() -> Column.read(named.toString())).hasMessageContaining("say which one");
    var uneven = Files.writeString(folder.resolve("u.csv"), "1,2\n3\n");
    refused(uneven.toString(), "row 2: 1 numbers, but 2");
  }

  @Test
  void picklesAreRefusedByName() throws IOException {
    for (var name : List.of("acts.pt", "probe.pth", "a.pkl", "pytorch_model.bin")) {
      var file = Files.writeString(folder.resolve(name), "x");
      refused(file.toString(), "is a pickle", "save_file");
    }
    refused(Files.writeString(folder.resolve("a.xlsx"), "x").toString(), "of no kind that is read");
    refused(folder.resolve("missing.npy").toString(), "there is no file");
  }

  private void request(Path at, float first, int tokens) {
    var states = new float[tokens * 2 * 3];
    for (int i = 0; i < states.length; i++) {
      states[i] = first + i;
    }
    new SafeTensorsFile()
        .with("hidden_states", states, tokens, 2, 3)
        .with("token_ids", DType.INT64, MemorySegment.ofArray(new long[tokens]), tokens)
        .write(at);
  }

  @Test
  void hiddenStatesOfRequestsAreRowsInTheOrderOfTheirNumbers() {
    var requests = folder.resolve("vllm");
    request(requests.resolve("10-a.safetensors"), 100, 2);
    request(requests.resolve("2-b.safetensors"), 0, 3);
    try (var last = LayerTable.open(requests.toString(), "")) {
      assertThat(last.layers().stream().map(LayerTable.Layer::name))
          .containsExactly("layer.0", "layer.1");
      assertThat(last.layers().get(1).matrix().row(0)).containsExactly(15, 16, 17);
      assertThat(last.layers().get(0).matrix().row(1)).containsExactly(106, 107, 108);
    }
    try (var mean = LayerTable.open(requests.toString(), "mean");
        var all = LayerTable.open(requests.toString(), "all")) {
      assertThat(mean.layers().get(0).matrix().row(1)).containsExactly(103, 104, 105);
      assertThat(all.rows()).isEqualTo(5);
    }
    refusedAsLayers(requests.toString(), "span:0-2", "last, first, mean or all");
    new SafeTensorsFile().with("x", new float[] {1}, 1).write(requests.resolve("3.safetensors"));
    refusedAsLayers(requests.toString(), "", "3.safetensors has no tensor 'hidden_states'");
  }

  @Test
  void aTableOfLayersIsChosenFrom() {
    var file = folder.resolve("deep.safetensors");
    var values = new float[2 * 4 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    new SafeTensorsFile().with("x", values, 2, 4, 3).write(file);
    try (var table = LayerTable.open(file.toString(), "").select(List.of("0", "2-3"))) {
      assertThat(table.layers().stream().map(LayerTable.Layer::number)).containsExactly(0, 2, 3);
      assertThat(table.layer("layer.2").matrix().row(1)).containsExactly(18, 19, 20);
      assertThatThrownBy(() -> table.select(List.of("7")))
          .hasMessageContaining("has no layer 7; it has layer.0, layer.2, layer.3");
    }
    refusedAsLayers(file.toString(), "mean", "one row a text already");
    var flat = folder.resolve("flat.safetensors");
    new SafeTensorsFile().with("x", values, 24).write(flat);
    refusedAsLayers(flat.toString(), "", "has shape [24]; activations are rows x numbers");
  }
}
