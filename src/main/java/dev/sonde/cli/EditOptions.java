package dev.sonde.cli;

import dev.sonde.hook.EditList;
import dev.sonde.hook.Intervention;
import dev.sonde.study.OpenModel;
import dev.sonde.study.VectorFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The edits that `run` and `generate` take, and where they are kept.
final class EditOptions {
  @Option(
      names = "--edit",
      paramLabel = "EDIT",
      description = {
        "POINT[/HEADS][@POSITIONS]=OPERATION[:VALUE], again for each edit, made in this order:",
        "resid_post.3@last=zero, z.1/0,3=scale:0.5, attn_out.2@2:5=replace:0,",
        "resid_post.3=add:-4*probe.safetensors, mlp_out.0=mean:rows.npy.",
        "Positions as Python counts tokens (0, -1, 2:5, with commas), all, first, last; those",
        "around the text count too. Vectors: a number, FILE.npy, FILE.safetensors#TENSOR, a saved",
        "probe.safetensors#SITE"
      })
  List<String> edits = new ArrayList<>();

  @Option(
      names = "--edits",
      paramLabel = "FILE",
      description = "edits that --save-edits wrote; those of --edit follow them")
  Path file = Path.of("");

  @Option(
      names = "--save-edits",
      paramLabel = "FILE",
      description = "write the edits to JSON, their vectors and the network's shape included")
  Path save = Path.of("");

  /// All of them, for this network.
  ///
  /// @throws dev.sonde.io.BadInput for what is no edit, or edits of a network of another shape
  List<Intervention> of(OpenModel open) {
    var all = new ArrayList<Intervention>();
    if (!file.toString().isEmpty()) {
      var saved = EditList.read(file);
      saved.mustFit(open.model().dims());
      all.addAll(saved.edits());
    }
    all.addAll(new VectorFiles(open).parse(edits));
    return all;
  }

  /// Saves them where that is asked for: once they have been made, so that they are known to fit.
  void save(OpenModel open, List<Intervention> made) {
    if (!save.toString().isEmpty()) {
      new EditList(open.model().dims(), made).write(save);
    }
  }
}
