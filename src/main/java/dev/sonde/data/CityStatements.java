package dev.sonde.data;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/// True and false statements about where cities are, built so that words alone cannot tell.
///
/// Cities are paired at random, a and b from different countries A and B, and each pair gives four
/// statements: *a is in A* and *b is in B* (true), *a is in B* and *b is in A* (false). Every city
/// and every country thus stands in as many true as false statements **within its pair**, and pairs
/// are the groups: whatever pairs are held out, no sum of evidence from single words can do better
/// than chance on them. (The usual sets balance over the whole set only; with countries spread over
/// folds a bag of words then scores *below* chance.)
///
/// The cities and countries are common knowledge, listed in `cities.csv` beside this class; no city
/// carries the name of its country.
public final class CityStatements {
  private static final List<String> COLUMNS =
      List.of("statement", "label", "city", "country", "correct_country", "pair", "negated");

  /// What the statements say.
  public enum Form {
    /// The city of Lyon is in France.
    AFFIRMED,
    /// The city of Lyon is not in Peru.
    NEGATED,
    /// Both, so that a direction that merely follows the sentence's surface fails.
    BOTH
  }

  private record City(String name, String country) {}

  private CityStatements() {}

  /// The table, with a row a statement: label 1 for true.
  public static Table table(Form form, Seed seed) {
    var rows = new ArrayList<List<String>>();
    var paired = paired(cities(), seed.forPurpose("city pairs").generator());
    for (int i = 0; i + 1 < paired.size(); i += 2) {
      var pair = List.of(paired.get(i), paired.get(i + 1));
      for (var city : pair) {
        for (var other : pair) {
          if (form != Form.NEGATED) {
            rows.add(row(city, other.country(), false, i / 2));
          }
          if (form != Form.AFFIRMED) {
            rows.add(row(city, other.country(), true, i / 2));
          }
        }
      }
    }
    var text = new StringBuilder();
    rows.forEach(r -> text.append(String.join("\t", r)).append('\n'));
    return new Table(name(form), Digest.of(text.toString()), COLUMNS, rows);
  }

  private static String name(Form form) {
    return switch (form) {
      case AFFIRMED -> "city statements";
      case NEGATED -> "negated city statements";
      case BOTH -> "city statements and their negations";
    };
  }

  private static List<String> row(City city, String country, boolean negated, int pair) {
    boolean holds = city.country().equals(country) != negated;
    var statement =
        "The city of %s is %sin %s.".formatted(city.name(), negated ? "not " : "", country);
    return List.of(
        statement,
        holds ? "1" : "0",
        city.name(),
        country,
        city.country(),
        Integer.toString(pair),
        negated ? "1" : "0");
  }

  /// In random order, neighbours 2i and 2i+1 from different countries; an odd last one is left out.
  private static List<City> paired(List<City> cities, SplittableRandom random) {
    var out = new ArrayList<>(cities);
    for (int i = out.size() - 1; i > 0; i--) {
      swap(out, i, random.nextInt(i + 1));
    }
    int pairs = out.size() / 2;
    for (int p = 0; p < pairs; p++) {
      while (same(out, p)) {
        int q = random.nextInt(pairs);
        swap(out, 2 * p, 2 * q);
        if (same(out, p) || same(out, q)) {
          swap(out, 2 * p, 2 * q);
        }
      }
    }
    return out.subList(0, 2 * pairs);
  }

  private static boolean same(List<City> cities, int pair) {
    return cities.get(2 * pair).country().equals(cities.get(2 * pair + 1).country());
  }

  private static void swap(List<City> cities, int a, int b) {
    var kept = cities.get(a);
    cities.set(a, cities.get(b));
    cities.set(b, kept);
  }

  private static List<City> cities() {
    try (var in = Objects.requireNonNull(CityStatements.class.getResourceAsStream("cities.csv"))) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var table = Table.parse("cities.csv", text, Digest.of(text));
      var out = new ArrayList<City>();
      for (var row : table.rows()) {
        if (row.getFirst().contains(row.getLast())) {
          throw new BadInput("the city " + row.getFirst() + " carries the name of its country");
        }
        out.add(new City(row.getFirst(), row.getLast()));
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
