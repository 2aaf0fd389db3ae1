package dev.sonde.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.NdArray.Kind;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files as numpy.lib.format lays them out, and files as it does not.
final class NpyTest {
  @TempDir private Path folder = Path.of("");

  private static byte[] npy(int version, String header, byte[] data) {
    var text = header.getBytes(StandardCharsets.UTF_8);
    var out = ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.UTF_8)).put((byte) version);
    out.put((byte) 0);
    if (version == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(data);
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private static String header(String descr, String fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, fortran, shape);
  }

  private NdArray read(byte[] bytes) {
    try {
      return Npy.read(Files.write(folder.resolve("a.npy"), bytes));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void refused(byte[] bytes, String... words) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(BadInput.class)
        .hasMessageContainingAll(words);
  }

  private static byte[] bytes(int... values) {
    var out = new byte[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) values[i];
    }
    return out;
  }

  @Test
  void everyVersionAndKindIsRead() {
    var floats = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      floats.putFloat(i + 0.5f);
    }
    for (int version = 1; version <= 3; version++) {
      var array = read(npy(version, header("<f4", "False", "(2, 3)"), floats.array()));
      assertThat(array.shape()).containsExactly(2, 3);
      assertThat(array.kind()).isEqualTo(Kind.FLOAT32);
      assertThat(array.toFloats()).containsExactly(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f);
      assertThat(array.toMatrix().row(1)).containsExactly(3.5, 4.5, 5.5);
    }
    var small = read(npy(1, header("|u1", "False", "(3,)"), bytes(0, 200, 255)));
    assertThat(small.integer(1)).isEqualTo(200);
    assertThat(small.to(Kind.FLOAT64).at(2)).isEqualTo(255);
    assertThat(read(npy(1, header("<i2", "False", "(1,)"), bytes(0xfe, 0xff))).integer(0))
        .isEqualTo(-2);
    assertThat(read(npy(1, header(">i2", "False", "(1,)"), bytes(0xff, 0xfe))).integer(0))
        .isEqualTo(-2);
    assertThat(read(npy(1, header("|b1", "False", "(2,)"), bytes(0, 1))).at(1)).isEqualTo(1);
    assertThat(read(npy(1, header("<f2", "False", "()"), bytes(0x00, 0x3c))).at(0)).isEqualTo(1);
    assertThat(read(npy(1, header("<f8", "False", "(0, 4)"), bytes())).count()).isZero();
  }

  @Test
  void whatIsNoPlainArrayIsRefusedClearly() {
    refused(npy(1, header("|O", "False", "(1,)"), bytes(1)), "Python objects");
    refused(npy(1, header("<f4", "True", "(1, 1)"), bytes(0, 0, 0, 0)), "Fortran order", "np.");
    refused(npy(1, header("<c8", "False", "(1,)"), bytes(0)), "<c8");
    refused(npy(1, header("<f4", "False", "(2,)"), bytes(0, 0, 0, 0)), "8 bytes", "4 follow");
    refused(npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False}", bytes()), "records");
    refused(npy(4, header("<f4", "False", "()"), bytes()), "version");
    refused(npy(1, header("<f4", "False", "(4294967296, 4294967296)"), bytes()), "shape");
    refused("PK and more".getBytes(StandardCharsets.UTF_8), "no .npy file");
    refused(bytes(), "no .npy file");
    assertThatThrownBy(() -> Npy.read(folder.resolve("none.npy")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no such file");
  }

  @Test
  void damagedFilesAreRefusedAndNothingElse() {
    var whole = npy(1, header("<i4", "False", "(2, 2)"), new byte[16]);
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      var random = new Seed(5).forPurpose("npy", i).generator();
      var out = java.util.Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
      out = random.nextBoolean() ? out : whole.clone();
      out[random.nextInt(out.length)] = (byte) random.nextInt(256);
      try {
        read(out);
      } catch (BadInput e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(200, 499);
  }

  @Test
  void rowsAreCutChosenAndJoined() {
    var array = NdArray.of(new float[] {0, 1, 2, 3, 4, 5}, 3, 2);
    assertThat(array.slice(1, 3).toFloats()).containsExactly(2, 3, 4, 5);
    assertThat(array.select(new int[] {2, 0}).toFloats()).containsExactly(4, 5, 0, 1);
    var joined = NdArray.joined(java.util.List.of(array.slice(0, 1), array.slice(1, 3)));
    assertThat(joined).isEqualTo(array).isNotEqualTo(array.reshape(2, 3));
    assertThat(NdArray.of(new float[] {1.5f, -2}, 2).to(Kind.INT64).integer(1)).isEqualTo(-2);
  }
}
