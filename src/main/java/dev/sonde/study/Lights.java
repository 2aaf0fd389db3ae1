package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Every check as a light: red where the finding does not stand, amber where it shows less than it
/// seems to, green where the check looked and found nothing.
final class Lights {
  private Lights() {}

  /// The answers to the three questions that the verdict turns on.
  record Beyond(boolean chance, boolean surface, boolean untrained) {}

  /// Red first; among equals in the order of the checks.
  static List<Light> of(Verdicts.Case c, Beyond beyond) {
    var out = new ArrayList<Light>();
    out.add(chance(c, beyond));
    if (beyond.chance()) {
      out.add(surface(c, beyond));
      if (!Double.isNaN(c.untrained())) {
        out.add(untrained(c, beyond));
      }
    }
    Balance.of(c.site(), c.best()).map(Balance::light).ifPresent(out::add);
    out.addAll(c.detected());
    out.addAll(c.source().missing());
    grounds(c.grounds(), out);
    out.add(
        new Light(
            "intervention",
            Colour.AMBER,
            "correlation only: no intervention was made, so nothing here says that the network uses what the probe reads",
            "Remove or move the direction in a forward pass and see whether the network's answers change."));
    out.add(
        new Light(
            "other data",
            Colour.AMBER,
            "one data set: the direction may be that of this wording, not of the property",
            "Test the saved probe on other wordings and on negations (sonde score)."));
    leftOut(c, out);
    out.sort(Comparator.comparing(Light::colour));
    return List.copyOf(out);
  }

  private static Light chance(Verdicts.Case c, Beyond beyond) {
    return beyond.chance()
        ? Leaks.green(
            "chance",
            say(
                "the best of all sites under permuted labels stays below %.3f in 95 of 100 cases, here it is %.3f",
                c.theNull().max95(), c.best().nested().value()))
        : new Light(
            "chance",
            Colour.RED,
            say(
                "the best site is no better than the best site under permuted labels (95 %%: %.3f)",
                c.theNull().max95()),
            "More rows, or another property: with these data nothing was found.");
  }

  private static Light surface(Verdicts.Case c, Beyond beyond) {
    var rival = c.rival();
    return beyond.surface()
        ? Leaks.green(
            "surface",
            say("the best baseline, %s, has %.3f", rival.name(), rival.accuracy().value()))
        : new Light(
            "surface",
            Colour.RED,
            say("%s alone gives %.3f without any model", rival.name(), rival.accuracy().value()),
            "Data in which the surface of the text does not tell, as the demo's statements are built.");
  }

  private static Light untrained(Verdicts.Case c, Beyond beyond) {
    return beyond.untrained()
        ? Leaks.green(
            "untrained twin", say("the same network untrained has %.3f at its best", c.untrained()))
        : new Light(
            "untrained twin",
            Colour.RED,
            say("the same network with untrained weights gives %.3f", c.untrained()),
            "Data that an untrained network cannot separate, or a harder held-out split.");
  }

  /// The lights of what was asked of the best site.
  static void grounds(Grounds grounds, List<Light> out) {
    grounds.information().ifPresent(i -> out.add(information(i)));
    grounds.code().ifPresent(c -> out.add(code(c)));
    grounds.stability().filter(s -> !s.halves().isEmpty()).ifPresent(s -> out.add(stability(s)));
    grounds.curve().ifPresent(c -> out.add(curve(c)));
    grounds.calibration().ifPresent(c -> out.add(calibration(c)));
    grounds.gap().ifPresent(g -> out.add(gap(g)));
  }

  private static Light information(Grounds.Information i) {
    var found =
        say(
            "the activations add %.3f bits a row (standard error %.3f) to %s",
            i.conditional(), i.conditionalError(), i.given());
    return i.conditional() > 1.96 * i.conditionalError()
        ? Leaks.green("information", found)
        : new Light(
            "information",
            Colour.AMBER,
            found,
            "Data in which " + i.given() + " does not tell, or more rows.");
  }

  private static Light code(Grounds.Code code) {
    var found =
        say(
            "the labels cost %.0f bits to somebody with the activations, %.0f without, %.0f dealt anew",
            code.bits(), code.uniformBits(), code.dealtBits());
    return code.bits() < 0.98 * Math.min(code.uniformBits(), code.dealtBits())
        ? Leaks.green("code length", found)
        : new Light(
            "code length",
            Colour.AMBER,
            found,
            "More rows: what takes as many bits to learn as to send is hardly there.");
  }

  private static Light stability(Grounds.Stability s) {
    var found =
        say(
            "probes of two halves of the rows have cosine %.2f (dealt labels: %.2f)",
            s.meanHalf(), s.meanDealt());
    double null95 = s.dealt().stream().mapToDouble(Math::abs).max().orElse(0);
    return s.meanHalf() > null95 && s.meanHalf() >= 0.3
        ? Leaks.green("direction", found)
        : new Light(
            "direction",
            Colour.AMBER,
            found,
            "More rows before the direction itself is used: to edit by, to compare, to name.");
  }

  private static Light curve(Grounds.Curve curve) {
    var found = say("the last doubling of rows brought %.3f AUROC", curve.lastDoubling());
    return curve.lastDoubling() <= 0.02
        ? Leaks.green("rows", found)
        : new Light(
            "rows",
            Colour.AMBER,
            found + ": the curve still rises",
            "More rows: what is read here is a lower bound.");
  }

  private static Light calibration(Grounds.Calibrated c) {
    var plain = c.scales().getFirst();
    var best =
        c.scales().stream().min(Comparator.comparingDouble(Grounds.Scale::ece)).orElseThrow();
    var found = say("probabilities are off by %.3f on the mean (ECE)", plain.ece());
    return plain.ece() <= 0.1
        ? Leaks.green("calibration", found)
        : new Light(
            "calibration",
            Colour.AMBER,
            found,
            best.name().equals(plain.name())
                ? "Take scores as ranks only."
                : say("%s scaling brings it to %.3f.", best.name(), best.ece()));
  }

  private static Light gap(Grounds.Gap gap) {
    var found =
        say(
            "a network of one hidden layer reads %.3f, the linear probe %.3f (selectivity %.3f and %.3f)",
            gap.nonlinear(), gap.linear(), gap.nonlinearSelectivity(), gap.linearSelectivity());
    return gap.difference().low() <= 0
        ? Leaks.green("linearity", found)
        : new Light(
            "linearity",
            Colour.AMBER,
            found,
            "Call it decodable, not linearly represented, as far as the gap goes.");
  }

  private static void leftOut(Verdicts.Case c, List<Light> out) {
    var settings = c.source().settings();
    var names = new ArrayList<String>();
    if (!settings.untrained()) {
      names.add("the untrained twin");
    }
    if (!settings.baselines()) {
      names.add("the surface baselines");
    }
    settings.without().stream().map(Check::brief).forEach(names::add);
    if (!names.isEmpty()) {
      out.add(
          new Light(
              "switched off",
              Colour.AMBER,
              "checks were switched off: " + String.join(", ", names),
              "Run again with all checks."));
    }
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
