package dev.sonde.catalogue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/// A hub on the loopback: one port lists and describes, another is the store that large files lie
/// in, as the real one does it. It notes what it is asked, and fails as it is told.
final class FakeHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /// How long it is silent when told to be.
  static final long SILENT = 8_000_000_000L;

  final Map<String, byte[]> files = new TreeMap<>();
  final List<Asked> log = Collections.synchronizedList(new ArrayList<>());

  /// What the hub answers next instead of the truth, with headers as `Name: value`.
  final Deque<Failure> failures = new ArrayDeque<>();

  /// After how many bytes the store breaks off, or falls silent if negative, once for each number.
  final Deque<Integer> breaks = new ArrayDeque<>();

  final List<String> alsoListed = new ArrayList<>();
  String token = "";
  boolean ranges = true;
  boolean lies;

  /// How much larger than they are the hub says that large files are.
  long boast;

  Optional<String> moved = Optional.empty();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer hub = server(this::hub);
  private final HttpServer store = server(this::store);

  /// A request; `server` is hub or store.
  record Asked(String server, String method, String path, String range, String authorization) {}

  record Failure(int status, List<String> headers) {}

  /// Takes over the files of a folder.
  void fill(Path folder) throws IOException {
    try (var list = Files.list(folder)) {
      for (var file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
  }

  @FunctionalInterface
  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private HttpServer server(Handler handler) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", handler::handle);
      server.start();
      return server;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  byte[] bytes(String file) {
    return Objects.requireNonNull(files.get(file));
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
  }

  /// Requests for bytes of a file.
  List<Asked> gets(String file) {
    return log.stream().filter(a -> a.method.equals("GET") && a.path.endsWith("/" + file)).toList();
  }

  private synchronized void note(String server, HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    log.add(
        new Asked(
            server,
            exchange.getRequestMethod(),
            exchange.getRequestURI().getRawPath(),
            Optional.ofNullable(headers.getFirst("Range")).orElse(""),
            Optional.ofNullable(headers.getFirst("Authorization")).orElse("")));
  }

  private void hub(HttpExchange exchange) throws IOException {
    note("hub", exchange);
    var path = exchange.getRequestURI().getPath();
    var authorization =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    var failure = Optional.ofNullable(failures.poll());
    if (failure.isPresent()) {
      for (var header : failure.get().headers) {
        exchange.getResponseHeaders().add(header.split(": ")[0], header.split(": ")[1]);
      }
      answer(exchange, failure.get().status, new byte[0], 0);
    } else if (moved.isPresent() && path.startsWith("/api/models/old/name/")) {
      redirect(exchange, 307, path.replace("old/name", moved.get()));
    } else if (path.startsWith("/api/models/")) {
      list(exchange, path);
    } else if (path.startsWith("/api/resolve-cache/")) {
      var bytes = files.getOrDefault(path.replaceFirst(".*/", ""), new byte[0]);
      exchange.getResponseHeaders().add("ETag", "\"" + git(bytes) + "\"");
      exchange.getResponseHeaders().add("X-Repo-Commit", COMMIT);
      answer(exchange, 200, bytes, 0);
    } else if (!token.isEmpty() && !authorization.equals("Bearer " + token)) {
      exchange.getResponseHeaders().add("X-Error-Code", "GatedRepo");
      answer(exchange, authorization.isEmpty() ? 401 : 403, new byte[0], 0);
    } else {
      resolve(exchange, path);
    }
  }

  private void list(HttpExchange exchange, String path) throws IOException {
    var missing =
        !path.startsWith("/api/models/org/tiny/")
            ? "RepoNotFound"
            : !path.matches(".*/revision/(main|" + COMMIT + ")") ? "RevisionNotFound" : "";
    if (!missing.isEmpty()) {
      exchange.getResponseHeaders().add("X-Error-Code", missing);
      answer(exchange, missing.equals("RepoNotFound") ? 401 : 404, new byte[0], 0);
      return;
    }
    var names = new ArrayList<>(files.keySet());
    names.addAll(alsoListed);
    var siblings =
        names.stream().map("{\"rfilename\": \"%s\"}"::formatted).collect(Collectors.joining(", "));
    var json =
        "{\"id\": \"org/tiny\", \"sha\": \"%s\", \"siblings\": [%s]}".formatted(COMMIT, siblings);
    answer(exchange, 200, json.getBytes(StandardCharsets.UTF_8), 0);
  }

  private void resolve(HttpExchange exchange, String path) throws IOException {
    var name =
        URLDecoder.decode(path.replaceFirst(".*/resolve/[^/]*/", ""), StandardCharsets.UTF_8);
    if (!files.containsKey(name)) {
      exchange.getResponseHeaders().add("X-Error-Code", "EntryNotFound");
      answer(exchange, 404, new byte[0], 0);
      return;
    }
    var bytes = files.get(name);
    boolean large = name.endsWith(".safetensors") || name.endsWith(".gguf");
    var etag = large ? Digest.of(bytes).hex() : git(bytes);
    exchange.getResponseHeaders().add("X-Repo-Commit", COMMIT);
    exchange.getResponseHeaders().add("X-Linked-Etag", "\"" + etag + "\"");
    exchange
        .getResponseHeaders()
        .add("X-Linked-Size", Long.toString(bytes.length + (large ? boast : 0)));
    if (large) {
      redirect(
          exchange, 302, "http://127.0.0.1:%d/x/%s".formatted(store.getAddress().getPort(), name));
    } else {
      redirect(exchange, 307, "/api/resolve-cache/models/org/tiny/" + COMMIT + "/" + name);
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    note("store", exchange);
    var range = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
    var bytes = bytes(exchange.getRequestURI().getPath().substring("/x/".length())).clone();
    if (lies) {
      bytes[bytes.length / 2] ^= 1;
    }
    int from =
        range.isPresent() && ranges ? Integer.parseInt(range.get().replaceAll("\\D", "")) : 0;
    exchange.getResponseHeaders().add("ETag", "\"of-the-store\"");
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
    }
    answer(
        exchange,
        from > 0 ? 206 : 200,
        Arrays.copyOfRange(bytes, from, bytes.length),
        Optional.ofNullable(breaks.poll()).orElse(0));
  }

  private static void redirect(HttpExchange exchange, int status, String to) throws IOException {
    exchange.getResponseHeaders().add("Location", to);
    answer(exchange, status, new byte[0], 0);
  }

  /// The bytes, or so many of them that the connection then breaks at.
  private static void answer(HttpExchange exchange, int status, byte[] bytes, int breakAt)
      throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      if (status == 200) {
        exchange.getResponseHeaders().add("Content-Length", Integer.toString(bytes.length));
      }
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes, 0, breakAt == 0 ? bytes.length : Math.abs(breakAt));
      exchange.getResponseBody().flush();
      if (breakAt < 0) {
        java.util.concurrent.locks.LockSupport.parkNanos(SILENT);
      }
    }
    exchange.close();
  }

  static String git(byte[] bytes) {
    try {
      var sha = MessageDigest.getInstance("SHA-1");
      sha.update("blob %d\0".formatted(bytes.length).getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sha.digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    store.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}
