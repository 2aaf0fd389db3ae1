package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.nio.file.Path;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferEvent;

/// Files that Maven keeps, fetched by Maven's own resolver with the user's settings, mirrors and
/// local repository.
final class Artifacts {
  private Artifacts() {}

  /// `group:artifact:version` → the jar in the local repository, downloaded if it is not there.
  static Path resolve(String coordinates, Progress progress) {
    var overrides =
        ContextOverrides.create()
            .withUserSettings(true)
            .transferListener(new Listener(progress))
            .build();
    var parts = coordinates.split(":");
    var artifact = new DefaultArtifact(parts[0], parts[1], "jar", parts[2]);
    try (var context = Runtimes.INSTANCE.getRuntime().create(overrides)) {
      var request = new ArtifactRequest(artifact, context.remoteRepositories(), null);
      return context
          .repositorySystem()
          .resolveArtifact(context.repositorySystemSession(), request)
          .getArtifact()
          .getFile()
          .toPath();
    } catch (ArtifactResolutionException e) {
      throw new BadInput(
          "%s cannot be fetched (%s); check the network or the mirror in Maven's settings.xml, or give --model a folder"
              .formatted(coordinates, e.getMessage()),
          e);
    }
  }

  private static final class Listener extends AbstractTransferListener {
    private final Progress progress;

    Listener(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void transferProgressed(TransferEvent event) {
      progress.at(
          "download (bytes)",
          event.getTransferredBytes(),
          Math.max(0, event.getResource().getContentLength()));
    }
  }
}
