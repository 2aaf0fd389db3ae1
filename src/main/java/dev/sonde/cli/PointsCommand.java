package dev.sonde.cli;

import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.study.OpenModel;
import java.util.LinkedHashSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Which points a model has.
@Command(
    name = "points",
    header = "List the points of a model: names, shapes, meanings.",
    description = {"", "Example:", "  sonde points bert-base-uncased", ""})
final class PointsCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(
      paramLabel = "MODEL",
      description = "a model of the catalogue or the hub, or a folder")
  private String model = "";

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var bar = Bar.standard();
    try (var open = OpenModel.open(model, Settings.home(), Settings.kernels(), bar)) {
      bar.clear();
      var shape = open.model().architecture();
      out.printf(
          "%s (%s): %d layers, d_model %d, %d heads of %d, %d key-value heads, d_mlp %d, context %d%n",
          open.name(),
          shape.family(),
          shape.layers(),
          shape.dModel(),
          shape.heads(),
          shape.dHead(),
          shape.keyValueHeads(),
          shape.dMlp(),
          shape.context());
      var places = new LinkedHashSet<Place>();
      for (var point : open.model().points()) {
        places.add(point.place());
      }
      for (var place : places) {
        var name = place.perLayer() ? place.brief() + ".0 ..." : Point.of(place).toString();
        out.printf("  %-20s %-22s %s%n", name, place.shape().perText(), place.meaning());
      }
    }
    out.flush();
    return 0;
  }
}
