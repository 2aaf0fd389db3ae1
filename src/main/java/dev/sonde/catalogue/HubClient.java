package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What the hub is asked over the network: what a revision holds, what a file is, its bytes.
///
/// Redirects are followed here and not by the HTTP client, so that the token goes to the endpoint
/// and nowhere else. What may pass by itself (no connection, 5xx, 429) is tried again; what does
/// not is one clear line.
final class HubClient implements AutoCloseable {
  private static final String LINKED_ETAG = "X-Linked-Etag";
  private static final int LONGEST_LISTING = 64 << 20;
  private static final int HOPS = 8;

  private final HubSettings settings;
  private final Progress progress;
  private final HttpClient http;

  /// A revision: its commit, and the names of its files.
  record Listing(String commit, TreeSet<String> files) {}

  HubClient(HubSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(ProxySelector.getDefault())
            .connectTimeout(settings.silence())
            .build();
  }

  /// @throws BadInput for a model or revision that is not there, or names that lead out of a folder
  Listing list(HubId id, int tries) throws HubOutOfReach {
    progress.at("ask the hub", 0, 0);
    var response = ask("GET", id.listing(settings.endpoint()), 0, tries, new Asked(id, ""));
    try (var body = new Watched(response.body(), settings.silence())) {
      var json = JsonMapper.shared().readTree(body.readNBytes(LONGEST_LISTING));
      var commit = json.path("sha").asString("");
      var files = new TreeSet<String>();
      for (var sibling : json.path("siblings")) {
        var name = sibling.path("rfilename").asString("");
        if (!HubId.safe(name)) {
          throw new BadInput(
              "%s lists a file '%s', whose name leads out of its folder: the model is refused"
                  .formatted(id, name.replaceAll("\\p{Cntrl}", "?")));
        }
        files.add(name);
      }
      if (!HubId.isCommit(commit) || files.isEmpty()) {
        throw new BadInput(
            "%s lists no files for %s; is HF_ENDPOINT a hub?".formatted(settings.endpoint(), id));
      }
      return new Listing(commit, files);
    } catch (JacksonException e) {
      throw new BadInput(
          "%s answers with something that is no listing of %s; is HF_ENDPOINT a hub?"
              .formatted(settings.endpoint(), id),
          e);
    } catch (IOException e) {
      throw new HubOutOfReach("the listing broke off", e);
    }
  }

  /// Digest and size of a file, its bytes left where they are.
  HubFile describe(HubId id, String commit, String name) throws HubOutOfReach {
    var asked = new Asked(id, name);
    var at = id.address(settings.endpoint(), commit, name);
    var response = ask("HEAD", at, 0, settings.tries(), asked);
    close(response);
    var headers = response.headers();
    var found = headers.firstValue("X-Repo-Commit").orElse(commit);
    if (!found.equals(commit)) {
      throw new BadInput(
          "%s changed while it was fetched (%s is of another commit); try again"
              .formatted(id, name));
    }
    var etag = headers.firstValue(LINKED_ETAG).or(() -> headers.firstValue("ETag")).orElse("");
    var own = response.statusCode() == 200 ? "Content-Length" : "X-Linked-Size";
    var size = headers.firstValue("X-Linked-Size").or(() -> headers.firstValue(own));
    return new HubFile(
        name,
        etag.replaceFirst("^W/", "").replace("\"", ""),
        size.filter(s -> s.matches("\\d{1,18}")).map(Long::parseLong).orElse(-1L));
  }

  /// The bytes of a file from a place on, asked for once: who reads them goes on after a break.
  HttpResponse<InputStream> bytes(HubId id, String commit, String name, long from)
      throws HubOutOfReach {
    var at = id.address(settings.endpoint(), commit, name);
    return ask("GET", at, from, 1, new Asked(id, name));
  }

  /// What a request is about; an empty name: the listing.
  record Asked(HubId id, String file) {}

  private HttpResponse<InputStream> ask(String method, URI at, long from, int tries, Asked asked)
      throws HubOutOfReach {
    var left = settings.patience();
    for (int failures = 0; ; ) {
      try {
        var response = follow(method, at, from);
        int status = response.statusCode();
        boolean ours = ours(response.uri());
        if (status < 400 || status == 416) {
          return response;
        }
        close(response);
        if (status == 429) {
          var wait = HubRefusal.told(response.headers(), settings.pause());
          if (wait.compareTo(left) > 0) {
            throw HubRefusal.tooMany(settings, wait);
          }
          left = left.minus(wait);
          sleep(wait, "wait as the hub asks");
          continue;
        }
        if (ours && status < 500) {
          throw HubRefusal.of(status, response.headers(), asked, settings);
        }
        throw new HubOutOfReach("%s answers %d".formatted(response.uri().getHost(), status));
      } catch (IOException e) {
        if (++failures >= tries) {
          throw e instanceof HubOutOfReach out
              ? out
              : new HubOutOfReach(
                  "%s cannot be reached (%s)".formatted(at.getHost(), HubRefusal.reason(e)), e);
        }
        pause(failures);
      }
    }
  }

  private HttpResponse<InputStream> follow(String method, URI start, long from) throws IOException {
    var at = start;
    for (int hop = 0; hop < HOPS; hop++) {
      var response = send(method, at, from);
      var location = response.headers().firstValue("Location");
      if (response.statusCode() / 100 != 3 || location.isEmpty()) {
        return response;
      }
      var next = resolved(at, location.get());
      if (method.equals("HEAD")
          && !ours(next)
          && response.headers().firstValue(LINKED_ETAG).isPresent()) {
        return response; // the hub has said all; the store need not be asked
      }
      close(response);
      at = next;
    }
    throw new IOException("more than " + HOPS + " redirects");
  }

  private HttpResponse<InputStream> send(String method, URI at, long from) throws IOException {
    var request =
        HttpRequest.newBuilder(at)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(settings.silence())
            .header("User-Agent", "sonde")
            .header("Accept-Encoding", "identity");
    if (!settings.token().isEmpty() && ours(at)) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static URI resolved(URI at, String location) throws IOException {
    URI next;
    try {
      next = at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new IOException("a redirect that is no address", e);
    }
    boolean web = "https".equals(next.getScheme()) || "http".equals(next.getScheme());
    boolean weaker = "https".equals(at.getScheme()) && !"https".equals(next.getScheme());
    if (!web || weaker || next.getHost() == null) {
      throw new BadInput(
          "%s redirects to '%s', where nothing is fetched from"
              .formatted(at.getHost(), next.getScheme() + "://" + next.getHost()));
    }
    return next;
  }

  /// Whether an address is the endpoint's: of the same scheme, host and port.
  private boolean ours(URI at) {
    var own = settings.endpoint();
    return own.getScheme().equals(at.getScheme())
        && own.getHost().equalsIgnoreCase(at.getHost())
        && port(own) == port(at);
  }

  private static int port(URI at) {
    return at.getPort() >= 0 ? at.getPort() : "https".equals(at.getScheme()) ? 443 : 80;
  }

  /// Waits before another try: longer each time.
  void pause(int failures) {
    sleep(settings.pause().multipliedBy(1L << Math.min(failures - 1, 6)), "wait for the hub");
  }

  private void sleep(Duration time, String task) {
    progress.at(task, 0, 0);
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while asking the hub", e);
  }

  static void close(HttpResponse<InputStream> response) {
    try {
      response.body().close();
    } catch (IOException e) {
      // nothing of it was wanted
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
