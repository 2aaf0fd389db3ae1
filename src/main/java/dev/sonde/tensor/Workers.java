package dev.sonde.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A few platform threads, each of which computes with one native thread.
///
/// The pieces of a job are fixed by the job, never by the number of workers, so the same bits come
/// out on any number of them. Stacks are 64 MiB because OpenBLAS's factorisations need more than
/// Java's default (OpenMathLib/OpenBLAS#1082).
///
/// Tensors do not cross threads: a piece hands back something on the heap.
public final class Workers implements AutoCloseable {
  private static final long STACK = 64L << 20;

  private final Executor threads;
  private final int count;

  private Workers(int count, Executor threads) {
    this.count = count;
    this.threads = threads;
  }

  private static Workers pool(int count, int threadsPerOperation) {
    return new Workers(
        count,
        Executors.newFixedThreadPool(
            count,
            work -> {
              var thread =
                  new Thread(
                      null,
                      () -> {
                        Engine.start();
                        Engine.threadsPerOperation(threadsPerOperation);
                        work.run();
                      },
                      "sonde-worker",
                      STACK);
              thread.setDaemon(true);
              return thread;
            }));
  }

  /// As many workers as there are processors.
  public static Workers open() {
    return of(Runtime.getRuntime().availableProcessors());
  }

  public static Workers of(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one worker is needed, not " + count);
    }
    return pool(count, 1);
  }

  /// One worker whose operations spread over all processors: for one text at a time, where there is
  /// nothing else to share out. The bits are those of one thread: what is shared out are rows and
  /// columns of results, never the terms of a sum, and BLAS keeps one thread, as its sums would
  /// depend on how many it has.
  public static Workers wide() {
    return pool(1, Runtime.getRuntime().availableProcessors());
  }

  /// No thread of its own: pieces run on the calling thread, in their order. For what can be shared
  /// out and is itself a piece already.
  public static Workers calling() {
    return new Workers(1, Runnable::run);
  }

  public int count() {
    return count;
  }

  /// Runs every piece and gives the results in the order of the pieces. The first failure, in that
  /// order, is thrown after the pieces under way have ended.
  public <T> List<T> map(List<? extends Supplier<T>> pieces) {
    var futures = new ArrayList<Future<T>>();
    for (var piece : pieces) {
      futures.add(started(piece));
    }
    return wait(futures);
  }

  private <T> Future<T> started(Supplier<T> piece) {
    var task = new FutureTask<>(() -> inScope(piece));
    threads.execute(task);
    return task;
  }

  private static <T> List<T> wait(List<Future<T>> futures) {
    var results = new ArrayList<T>();
    @Nullable Throwable failure = null;
    for (var future : futures) {
      try {
        if (failure != null) {
          future.cancel(false);
        } else {
          results.add(future.get());
        }
      } catch (ExecutionException e) {
        failure = e.getCause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new IllegalStateException("interrupted while waiting for a worker", e);
      }
    }
    return done(results, failure);
  }

  /// Starts a piece on a worker; what is given back waits for it. The calling thread can do
  /// something else meanwhile.
  public <T> Supplier<T> begin(Supplier<T> piece) {
    var future = started(piece);
    return () -> wait(List.of(future)).getFirst();
  }

  /// One piece on a worker.
  public <T> T call(Supplier<T> piece) {
    return map(List.of(piece)).getFirst();
  }

  private static <T> T inScope(Supplier<T> piece) {
    try (var scope = Scope.open()) {
      return piece.get();
    }
  }

  private static <T> List<T> done(List<T> results, @Nullable Throwable failure) {
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
    return results;
  }

  @Override
  public void close() {
    if (threads instanceof ExecutorService own) {
      own.shutdownNow();
    }
  }
}
