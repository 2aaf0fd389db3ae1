package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.List;

/// What a kind of label asks of every site and of the whole: two classes ([ClassInquiry]) or any
/// other [LabelTask] ([TaskInquiry]). [Study] walks through it.
interface Inquiry<F, T> {
  /// One site of the network.
  F at(Matrix x);

  /// The same site of the untrained twin.
  T twin(Matrix x);

  /// How what was found at a site is kept.
  Finished.Form<F> kept();

  /// The same of the untrained twin.
  Finished.Form<T> keptTwin();

  List<Rival> baselines(List<Tokens> texts);

  /// `twins` is empty if the twin was left out.
  Study.Outcome summary(
      List<Site> sites,
      Captured captured,
      List<F> found,
      List<T> twins,
      List<Rival> baselines,
      Workers workers);
}
