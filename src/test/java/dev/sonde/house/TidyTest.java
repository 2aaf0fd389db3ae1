package dev.sonde.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file is one idea and a method one thought: both stay short enough to be read.
final class TidyTest {
  private static final int LINES_OF_A_FILE = 400;
  private static final int LINES_OF_A_METHOD = 40;

  @Test
  void nothingOutgrowsThePage() throws IOException {
    assertThat(tooLong(Path.of("src/main/java"))).isEmpty();
    assertThat(tooLong(Path.of("src/test/java"))).isEmpty();
  }

  @Test
  void aLongMethodAndALongFileAreFound(@TempDir Path folder) throws IOException {
    var method = "class A { void long_() {\n" + "int i;\n".repeat(40) + "} }\n";
    Files.writeString(folder.resolve("A.java"), method);
    Files.writeString(folder.resolve("B.java"), "class B {}\n" + "//\n".repeat(400));
    assertThat(tooLong(folder)).hasSize(2);
  }

  private static List<String> tooLong(Path root) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var found = new ArrayList<String>();
    try (var files = compiler.getStandardFileManager(null, null, null);
        var walk = Files.walk(root)) {
      var sources = walk.filter(p -> p.toString().endsWith(".java")).toList();
      assertThat(sources).isNotEmpty();
      var units = files.getJavaFileObjectsFromPaths(sources);
      var task =
          (JavacTask) compiler.getTask(null, files, null, List.of("-proc:none"), null, units);
      var trees = Trees.instance(task);
      for (var unit : task.parse()) {
        inspect(unit, trees, found);
      }
    }
    return found;
  }

  private static void inspect(CompilationUnitTree unit, Trees trees, List<String> found)
      throws IOException {
    var file = unit.getSourceFile().getName();
    if (unit.getSourceFile().getCharContent(true).toString().lines().count() > LINES_OF_A_FILE) {
      found.add(file);
    }
    var lines = unit.getLineMap();
    new TreePathScanner<Void, Void>() {
      @Override
      public Void visitMethod(MethodTree method, Void nothing) {
        var at = trees.getSourcePositions();
        long from = lines.getLineNumber(at.getStartPosition(unit, method));
        long to = lines.getLineNumber(Math.max(0, at.getEndPosition(unit, method)));
        if (to - from + 1 > LINES_OF_A_METHOD) {
          found.add("%s:%d %s has %d lines".formatted(file, from, method.getName(), to - from + 1));
        }
        return super.visitMethod(method, null);
      }
    }.scan(unit, null);
  }
}
