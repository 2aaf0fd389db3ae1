package dev.sonde.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Which room may open which door. Data flows down this table; imports point up it.
final class HouseRulesTest {
  private static final String ROOT = "dev.sonde.";
  private static final String JSON = "tools.jackson..";

  static final Map<String, Set<String>> DOORS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("io", Set.of()),
              Map.entry("provenance", Set.of()),
              Map.entry("tensor", Set.of("org.bytedeco..", "io")),
              Map.entry("data", Set.of("provenance", "io", JSON, "de.siegmar.fastcsv..")),
              Map.entry("linalg", Set.of("tensor", "data", "io")),
              Map.entry("token", Set.of("io", "provenance", JSON, "ai.djl..")),
              Map.entry("chat", Set.of("weights", "token", "io", JSON)),
              Map.entry("weights", Set.of("tensor", "io", "provenance", JSON)),
              Map.entry(
                  "catalogue",
                  Set.of(
                      "weights",
                      "tensor",
                      "io",
                      "provenance",
                      JSON,
                      "org.eclipse.aether..",
                      "eu.maveniverse..")),
              Map.entry("onnx", Set.of("data", "io", "ai.onnxruntime..")),
              Map.entry("hook", Set.of("tensor", "io", JSON)),
              Map.entry("model", Set.of("weights", "hook", "tensor", "io", "provenance")),
              Map.entry(
                  "activation",
                  Set.of(
                      "model",
                      "hook",
                      "token",
                      "data",
                      "tensor",
                      "weights",
                      "provenance",
                      "io",
                      JSON)),
              Map.entry("probe", Set.of("data", "linalg", "tensor", "provenance", "io", "weights")),
              Map.entry("eval", Set.of("probe", "data", "linalg", "tensor", "provenance", "io")),
              Map.entry(
                  "evidence",
                  Set.of("eval", "probe", "data", "linalg", "tensor", "provenance", "io")),
              Map.entry("uncertainty", Set.of("eval", "data", "provenance", "io")),
              Map.entry(
                  "sequence",
                  Set.of(
                      "probe", "weights", "token", "data", "linalg", "tensor", "provenance", "io")),
              Map.entry(
                  "study",
                  Set.of(
                      "evidence",
                      "uncertainty",
                      "sequence",
                      "eval",
                      "probe",
                      "linalg",
                      "activation",
                      "model",
                      "hook",
                      "token",
                      "chat",
                      "data",
                      "tensor",
                      "weights",
                      "catalogue",
                      "provenance",
                      "io")),
              Map.entry(
                  "report",
                  Set.of("study", "evidence", "uncertainty", "eval", "provenance", "io", JSON)),
              Map.entry(
                  "cli",
                  Set.of(
                      "report",
                      "onnx",
                      "study",
                      "evidence",
                      "uncertainty",
                      "sequence",
                      "eval",
                      "probe",
                      "linalg",
                      "activation",
                      "model",
                      "hook",
                      "token",
                      "chat",
                      "data",
                      "tensor",
                      "weights",
                      "catalogue",
                      "provenance",
                      "io",
                      JSON,
                      "picocli.."))));

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.sonde");

  @TestFactory
  Stream<DynamicTest> aRoomOpensOnlyItsOwnDoors() {
    return DOORS.entrySet().stream()
        .map(room ->
            DynamicTest.dynamicTest(room.getKey(), () -> check(room.getKey(), room.getValue())));
  }

  @Test
  void aDoorThatIsNotInTheTableIsFound() {
    assertThatThrownBy(() -> check("tensor", Set.of()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("org.bytedeco");
  }

  @Test
  void everyRoomIsInTheTable() {
    var rooms =
        HOUSE.stream()
            .map(c -> c.getPackageName())
            .filter(p -> p.startsWith(ROOT))
            .map(p -> p.substring(ROOT.length()).replaceAll("\\..*", ""))
            .collect(Collectors.toSet());
    assertThat(DOORS.keySet()).containsAll(rooms);
  }

  private static void check(String room, Set<String> doors) {
    classes()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed(room, doors))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  private static String[] allowed(String room, Set<String> doors) {
    return Stream.concat(
            Stream.of(
                "java..",
                "javax..",
                "org.jspecify..",
                "com.google.errorprone.annotations..",
                "org.slf4j..",
                ROOT + room + ".."),
            doors.stream().map(d -> d.endsWith("..") ? d : ROOT + d + ".."))
        .toArray(String[]::new);
  }
}
