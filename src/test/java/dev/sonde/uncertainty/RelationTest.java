package dev.sonde.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The whole table of tasks: a relation that is there, one that is not, one that is made by a
/// control.
final class RelationTest {
  /// Skill falls with uncertainty by `slope`; both grow with the control by `shared`.
  private static List<Relation.Task> tasks(int n, double slope, double shared, int models) {
    var random = new Seed(3).forPurpose("relation").generator();
    var out = new ArrayList<Relation.Task>();
    for (int i = 0; i < n; i++) {
      double control = random.nextDouble();
      double uncertainty = shared * control + random.nextDouble();
      double skill = shared * control - slope * uncertainty + .5 * random.nextDouble();
      out.add(new Relation.Task("t" + i, "m" + i % models, uncertainty, skill, List.of(control)));
    }
    return out;
  }

  @Test
  void whatIsThereIsFoundByEveryCoefficient() {
    var found = Relation.of(tasks(24, 1, 0, 1), new Seed(1));
    assertThat(found.plain()).hasSize(3);
    for (var row : found.plain()) {
      assertThat(row.r()).isLessThan(-.4);
      assertThat(row.byFormula().high()).isLessThan(0);
      assertThat(row.byDraws().high()).isLessThan(0);
      assertThat(row.p()).isLessThan(.01);
    }
    assertThat(found.pearson().interval().high()).isLessThan(0);
    assertThat(found.spearman().p()).isLessThan(.01);
    assertThat(Relation.of(tasks(24, 1, 0, 1), new Seed(1))).isEqualTo(found);
  }

  @Test
  void whatIsNotThereIsNot() {
    var nothing = Relation.of(tasks(40, 0, 0, 2), new Seed(1));
    assertThat(nothing.models()).isEqualTo(2);
    assertThat(nothing.plain()).allMatch(row -> row.byDraws().contains(0));
    assertThat(nothing.pearson().interval().contains(0)).isTrue();
    var driven = Relation.of(tasks(40, 0, 3, 1), new Seed(1));
    assertThat(driven.plain()).allMatch(row -> row.p() < .01);
    assertThat(driven.pearson().interval().contains(0)).isTrue();
  }

  @Test
  void tablesThatCannotBeReadAreRefused() {
    assertThatThrownBy(() -> Relation.of(tasks(4, 1, 0, 1), new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("give at least 5");
    var holed = new ArrayList<>(tasks(10, 1, 0, 1));
    holed.set(3, new Relation.Task("t3", "m0", Double.NaN, 1, List.of(1.0)));
    assertThatThrownBy(() -> Relation.of(holed, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("task t3");
    assertThatThrownBy(() -> Relation.of(List.of(), new Seed(1))).isInstanceOf(BadInput.class);
  }
}
