package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A model of the hub: `org/name`, a branch, tag or commit, and for GGUF the file within.
record HubId(String repository, String revision, String file) {
  static final String MAIN = "main";

  private static final Pattern FORM =
      Pattern.compile("(?<org>[^/@]+)/(?<name>[^/@]+)(/(?<file>[^@]+\\.gguf))?(@(?<revision>.*))?");
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,95}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  /// `org/name`, `org/name@revision`, `org/name/file.gguf@revision`; nothing for any other text.
  ///
  /// @throws BadInput for a revision that is none
  static Optional<HubId> parse(String text) {
    var found = FORM.matcher(text);
    if (!found.matches() || !part(found.group("org")) || !part(found.group("name"))) {
      return Optional.empty();
    }
    var revision = Optional.ofNullable(found.group("revision")).orElse(MAIN);
    var file = Optional.ofNullable(found.group("file")).orElse("");
    if (!safe(revision) || !revision.matches("[A-Za-z0-9._/+-]+") || revision.startsWith("-")) {
      throw new BadInput(
          "'%s' is no revision: a branch, a tag or a commit is expected after the @ of %s"
              .formatted(revision, text));
    }
    if (!file.isEmpty() && !safe(file)) {
      return Optional.empty();
    }
    return Optional.of(new HubId(found.group("org") + "/" + found.group("name"), revision, file));
  }

  private static boolean part(String text) {
    return PART.matcher(text).matches()
        && !text.contains("..")
        && !text.contains("--")
        && !text.endsWith(".")
        && !text.endsWith("-")
        && !text.endsWith(".git");
  }

  /// Whether a name of a file or a branch stays within the folder that it is put in.
  static boolean safe(String path) {
    return !path.isEmpty()
        && path.length() <= 500
        && path.chars().noneMatch(c -> c < ' ' || c == 127 || c == '\\' || c == ':')
        && Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
  }

  static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /// Where the hub lists what the revision holds.
  URI listing(URI endpoint) {
    return URI.create(
        "%s/api/models/%s/revision/%s".formatted(endpoint, repository, encoded(revision)));
  }

  /// Where the hub gives a file of a commit.
  URI address(URI endpoint, String commit, String name) {
    var path = Arrays.stream(name.split("/")).map(HubId::encoded).collect(Collectors.joining("/"));
    return URI.create("%s/%s/resolve/%s/%s".formatted(endpoint, repository, commit, path));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return repository
        + (file.isEmpty() ? "" : "/" + file)
        + (revision.equals(MAIN) ? "" : "@" + revision);
  }
}
