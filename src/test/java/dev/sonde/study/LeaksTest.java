package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Classes;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Groups;
import dev.sonde.eval.Folds;
import dev.sonde.evidence.Leakage;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Each detector on data that leak and on data that do not.
final class LeaksTest {
  private static final List<String> WORDS =
      List.of("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet");

  private record Case(Corpus corpus, Folds folds, List<Integer> labels) {
    List<Light> texts() {
      return leaks().texts();
    }

    List<Light> giveaways(double shown) {
      var positive = new boolean[labels.size()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = labels.get(i) == 1;
      }
      return leaks().giveaways(positive, shown);
    }

    Leaks leaks() {
      return new Leaks(corpus, folds, labels.stream().mapToInt(l -> l).toArray());
    }
  }

  private static Case of(List<String> texts, int[] labels, List<String> groups, String column) {
    var classes = Classes.of(List.of("no", "yes"), labels);
    var columns = new Columns("text", "label", column, false);
    var corpus =
        new Corpus("here", Digest.of("x"), columns, texts, classes, Groups.of(groups), groups);
    return new Case(
        corpus,
        Folds.grouped(classes, corpus.groups(), 4, new Seed(1)),
        Arrays.stream(labels).boxed().toList());
  }

  /// Texts of random words, alternately of both classes, each its own group.
  private static List<String> texts(int count, long seed) {
    var random = new Seed(seed).generator();
    return IntStream.range(0, count)
        .mapToObj(i ->
            String.join(
                " ",
                IntStream.range(0, 8)
                    .mapToObj(w -> WORDS.get(random.nextInt(9)) + random.nextInt(50))
                    .toList()))
        .toList();
  }

  private static int[] alternating(int count) {
    return IntStream.range(0, count).map(i -> i % 2).toArray();
  }

  private static List<String> own(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private static Colour colour(List<Light> lights, String check) {
    return lights.stream().filter(l -> l.check().equals(check)).findFirst().orElseThrow().colour();
  }

  @Test
  void cleanTextsAreGreen() {
    var clean = of(texts(80, 1), alternating(80), own(80), "who");
    assertThat(clean.texts()).extracting(Light::colour).containsOnly(Colour.GREEN);
    assertThat(clean.giveaways(.9)).extracting(Light::colour).containsOnly(Colour.GREEN);
  }

  /// The same texts, but every second pair repeats the one before it under another group.
  @Test
  void duplicatesAcrossTheSplitAreRed() {
    var texts = new ArrayList<>(texts(80, 1));
    for (int i = 2; i < 80; i += 4) {
      texts.set(i, texts.get(i - 2).toUpperCase(Locale.ROOT));
      texts.set(i + 1, texts.get(i - 1));
    }
    var lights = of(texts, alternating(80), own(80), "who").texts();
    assertThat(colour(lights, "duplicates")).isEqualTo(Colour.RED);
    assertThat(colour(lights, "near-duplicates")).isEqualTo(Colour.RED);
    assertThat(lights.getFirst().remedy()).isEqualTo("Drop repeats or give equals one group.");
  }

  /// Texts that differ in one letter leak where their labels agree, and not where they are opposed.
  @Test
  void nearDuplicatesLeakOnlyWhereLabelsAgree() {
    var texts = new ArrayList<>(texts(120, 2));
    for (int i = 1; i < 120; i += 2) {
      texts.set(i, texts.get(i - 1) + "s");
    }
    var agreeing = IntStream.range(0, 120).map(i -> i / 2 % 2).toArray();
    var groups = own(120);
    assertThat(colour(of(texts, agreeing, groups, "who").texts(), "near-duplicates"))
        .isEqualTo(Colour.RED);
    assertThat(colour(of(texts, alternating(120), groups, "who").texts(), "near-duplicates"))
        .isEqualTo(Colour.GREEN);
    var pairs = IntStream.range(0, 120).mapToObj(i -> "pair" + i / 2).toList();
    assertThat(colour(of(texts, agreeing, pairs, "pair").texts(), "near-duplicates"))
        .isEqualTo(Colour.GREEN);
  }

  @Test
  void aWordOrALengthThatTellsIsRed() {
    var texts = texts(80, 3);
    var word =
        IntStream.range(0, 80)
            .mapToObj(i -> texts.get(i) + (i % 2 == 1 ? " indeed" : " hardly"))
            .toList();
    var lights = of(word, alternating(80), own(80), "who").giveaways(.97);
    assertThat(colour(lights, "single word")).isEqualTo(Colour.RED);
    assertThat(lights.getFirst().finding()).contains("the word '");
    var lengthy =
        IntStream.range(0, 80)
            .mapToObj(i -> texts.get(i) + (i % 2 == 1 ? " " + texts.get(i - 1) : ""))
            .toList();
    var longer = of(lengthy, alternating(80), own(80), "who").giveaways(.97);
    assertThat(colour(longer, "length")).isEqualTo(Colour.RED);
    assertThat(colour(longer, "single word")).isEqualTo(Colour.GREEN);
  }

  @Test
  void aPerfectFirstLayerIsRed() {
    assertThat(first(true, "the embeddings", .99, .99, 1.0).colour()).isEqualTo(Colour.RED);
    assertThat(first(true, "the embeddings", .80, .80, .79).colour()).isEqualTo(Colour.AMBER);
    assertThat(first(true, "the embeddings", .50, .80, .95).colour()).isEqualTo(Colour.GREEN);
    assertThat(first(true, "the input", .99, 1.0).finding())
        .isEqualTo("the input alone reads the label at 0.990, the best layer at 1.000");
  }

  /// A layer that reads everything may be one far into the network.
  @Test
  void aPerfectFirstLayerOfArraysIsNoMoreThanAWarning() {
    assertThat(first(false, "", .99, .99, 1.0).colour()).isEqualTo(Colour.AMBER);
    assertThat(first(false, "", .50, .80, .95).colour()).isEqualTo(Colour.GREEN);
  }

  private static Light first(boolean before, String known, Double... scores) {
    return new Leaks.Layers(List.of(scores), "layer.0", before).light(.5, "accuracy", known);
  }

  @Test
  void groupsThatLeakAreSaidAndSoAreNone() {
    var grouped = of(texts(80, 4), alternating(80), own(80), "who");
    var leaks = grouped.leaks();
    assertThat(leaks.groups(new Leakage.Inflation(.95, .80, .0001)).colour())
        .isEqualTo(Colour.AMBER);
    assertThat(leaks.groups(new Leakage.Inflation(.81, .80, .7)).colour()).isEqualTo(Colour.GREEN);
    var none = of(texts(80, 4), alternating(80), own(80), "");
    var light = none.leaks().groups(new Leakage.Inflation(Double.NaN, Double.NaN, 1));
    assertThat(light.colour()).isEqualTo(Colour.AMBER);
    assertThat(light.remedy()).contains("--group");
    assertThat(Leaks.memory(.9, .7, .5).colour()).isEqualTo(Colour.AMBER);
    assertThat(Leaks.memory(.9, .5, .5).colour()).isEqualTo(Colour.GREEN);
    assertThat(Leaks.memory(.55, .5, .5).colour()).isEqualTo(Colour.GREEN);
  }
}
