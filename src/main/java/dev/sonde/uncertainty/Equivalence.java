package dev.sonde.uncertainty;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;

/// Whether two answers mean the same. Entailment models, exact options, or string rules plug in
/// here.
@FunctionalInterface
public interface Equivalence {
  boolean same(String a, String b);

  /// The same words, whatever their case, punctuation, spacing, and articles.
  static Equivalence words() {
    return (a, b) -> plain(a).equals(plain(b));
  }

  /// Each of two answers entails the other.
  static Equivalence bidirectional(java.util.function.BiPredicate<String, String> entails) {
    return (a, b) -> entails.test(a, b) && entails.test(b, a);
  }

  private static String plain(String text) {
    var words =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .split("[^\\p{L}\\p{N}]+");
    return String.join(
        " ",
        Arrays.stream(words)
            .filter(w -> !w.isEmpty() && !w.equals("a") && !w.equals("an") && !w.equals("the"))
            .toList());
  }
}
