"""Sonde beside its Python peers, A and B in alternation, medians and ratios.

  python bench/bench.py capture    last-token residuals of all layers, 1,500 statements, BERT-base, float32
  python bench/bench.py solver     480 logistic probes (n 1000, d 4096, 24 labels x 5 folds x 4 C) against scikit-learn
  python bench/bench.py demo       the whole demo against the bare forward passes that it needs
  python bench/bench.py memory     native and heap memory over 100 captures

Build first (./sonde --help). The peers need torch, transformers, scikit-learn and numpy; `demo` and `memory` need none.
"""
import glob, json, os, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
JDK = subprocess.run(["sh", "-c", ". ./.mvn/find-jdk.sh; sonde_find_jdk && printf %s \"$JAVA_HOME\""], cwd=ROOT, check=True, capture_output=True, text=True).stdout
JAVA = os.path.join(JDK, "bin", "java")
MODEL = os.path.expanduser("~/.cache/sonde/models/bert-base-uncased")


class Side:
    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
        self.ready = self.read()

    def read(self):
        return self.process.stdout.readline().strip()

    def ask(self, line="run"):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def quit(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.flush()
        self.process.wait()


def ours(name, *args):
    path = os.path.join(ROOT, "target", "sonde.jar") + ":" + os.path.join(ROOT, "target", "lib", "*")
    return Side(JAVA, "--enable-native-access=ALL-UNNAMED", "-Xmx4g", "-cp", path, os.path.join(HERE, name), *args)


def capture(rounds=5):
    with tempfile.TemporaryDirectory() as folder:
        texts = os.path.join(folder, "texts.txt")
        a = ours("CaptureBench.java", texts, "1500")
        b = Side(sys.executable, os.path.join(HERE, "peer_capture.py"), MODEL, texts)
        tokens = int(a.ready.split()[1])
        print("tokens: ours", tokens, "peer", b.ready.split()[1])
        a.ask(), b.ask()
        pairs, gemm = [], []
        for _ in range(rounds):
            pairs.append((float(a.ask()), float(b.ask())))
            gemm.append(float(a.ask("gemm")))
            print("  ours %.2f s, peer %.2f s, GEMM %.0f GFLOP/s" % (*pairs[-1], gemm[-1]), flush=True)
        a.quit(), b.quit()
    mine, peer = statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)
    flops = tokens * 2 * 12 * (4 * 768 * 768 + 2 * 768 * 3072)
    rate = statistics.median(gemm)
    print("capture: ours %.2f s, transformers %.2f s, ratio %.2f (median of the pairs' ratios %.2f)" % (mine, peer, peer / mine, statistics.median(p[1] / p[0] for p in pairs)))
    print("share of this machine's float32 GEMM rate: %.0f %% (%.0f of %.0f GFLOP/s)" % (100 * flops / mine / 1e9 / rate, flops / mine / 1e9, rate))


def solver(rounds=5, timed=6):
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    n, d, q = 1000, 4096, 24
    x = (rng.standard_normal((n, d)) * (1 + 9 * rng.random(d) ** 4)).astype(np.float32)
    x /= x.std()
    w = rng.standard_normal((d, q)) / np.sqrt(d)
    y = (x @ w + 0.5 * rng.standard_normal((n, q)) > 0).T
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.bin")
        np.concatenate([np.array([n, d, q], np.float32), x.ravel(), np.where(y, 1, -1).astype(np.float32).ravel()]).astype("<f4").tofile(path)
        a = ours("SolverBench.java", path)
        out = os.path.join(folder, "w.bin")
        a.ask("write " + out)
        found = np.fromfile(out, "<f8").reshape(20, d)
        mine, peer = [], []
        cs = [1e-4, 1e-3, 1e-2, 1e-1]
        xd = x.astype(np.float64)
        for r in range(rounds):
            mine.append(float(a.ask()))
            times = []
            for c in cs:
                k, fold = rng.integers(q), rng.integers(5)
                train = np.arange(n) % 5 != fold
                start = time.perf_counter()
                LogisticRegression(C=c, tol=1e-6, max_iter=10000).fit(xd[train], y[k][train])
                times.append(time.perf_counter() - start)
            peer.append(statistics.mean(times) * 480)
            print("  ours %.2f s, scikit-learn %.0f s (4 fits timed, extrapolated to 480)" % (mine[-1], peer[-1]), flush=True)
        worst = 0.0
        for t in (0, 1, 2, 3, 10, 19):
            fold, c = t // 4, cs[t % 4]
            train = np.arange(n) % 5 != fold
            exact = LogisticRegression(C=c, tol=1e-12, max_iter=100000).fit(xd[train], y[0][train]).coef_[0]
            worst = max(worst, np.abs(found[t] - exact).max() / np.abs(exact).max())
        a.quit()
    print("480 probes: ours %.2f s, scikit-learn lbfgs tol 1e-6 %.0f s (extrapolated), ratio %.0f" % (statistics.median(mine), statistics.median(peer), statistics.median(peer) / statistics.median(mine)))
    print("largest difference of coefficients to tol 1e-12 solutions: %.1e relative" % worst)


def demo(rounds=3):
    shares = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run([os.path.join(ROOT, "sonde"), "demo", "--out", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            whole = time.perf_counter() - start
            seconds = json.load(open(os.path.join(folder, "results.json")))["origin"]["seconds"]
            bare = seconds["capture"] + seconds["untrained capture"]
            shares.append(whole / bare)
            print("  whole %.1f s, forward passes %.1f s, ratio %.2f  %s" % (whole, bare, whole / bare, {k: round(v, 1) for k, v in seconds.items()}), flush=True)
    print("demo over its bare forward passes: %.2f" % statistics.median(shares))


def memory():
    with tempfile.TemporaryDirectory() as folder:
        a = ours("CaptureBench.java", os.path.join(folder, "texts.txt"), "60")
        for _ in range(10):
            a.ask()
        print("after 10 captures: resident, heap MiB:", a.ask("memory"))
        for _ in range(4):
            for _ in range(25):
                a.ask()
            print("after 25 more:", a.ask("memory"), flush=True)
        a.quit()


if __name__ == "__main__":
    known = {"capture": capture, "solver": solver, "demo": demo, "memory": memory}
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        sys.exit(__doc__)
    known[sys.argv[1]]()
