"""Sonde beside its Python peers, A and B in alternation, medians and ratios.

  python bench/bench.py capture    last-token residuals of all layers, 1,500 statements, BERT-base, float32
  python bench/bench.py solver     480 logistic probes (n 1000, d 4096, 24 labels x 5 folds x 4 C) against scikit-learn
  python bench/bench.py demo       the whole demo against the bare forward passes that it needs
  python bench/bench.py forward    a forward pass with all residuals captured: GPT-2-small and BERT-base shapes, batches of 1 and 8 x 128, against transformers (eager, sdpa),
                                   TransformerLens and nnsight (SONDE_PEERS: a Python that has these two); `forward --dtype bfloat16 [rounds [gpt2,bert [1,8]]]` for that type, fewer shapes or batches; cold start to first logits
  python bench/bench.py gguf FILE  load time, memory, tokens per second of a GGUF decoder, beside transformers opening the same file (needs gguf and accelerate; SONDE_PEERS too)
  python bench/bench.py grid FILE  a whole study of FILE's statements (12 layers x 2 positions, 1,000 permutations in closed form and 100 by the exact solver, control,
                                   baselines) against the bare forward passes that it needs
  python bench/bench.py multinomial [WIDTH]   17 classes, 200,000 rows that stay in their file: seconds, memory, optimum; scikit-learn on 20,000 of them
  python bench/bench.py attention  training an attention probe on 2,000 ragged texts against a PyTorch loop, to the same loss
  python bench/bench.py growth     seconds against n, d and the number of probes, beside scikit-learn; draws docs/growth.svg
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


def ours(name, *args, heap="4g"):
    path = os.path.join(ROOT, "target", "sonde.jar") + ":" + os.path.join(ROOT, "target", "lib", "*")
    return Side(JAVA, "--enable-native-access=ALL-UNNAMED", "-Xmx" + heap, "-cp", path, os.path.join(HERE, name), *args)


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


def tokens(path, n, d, k=17, seed=0):
    """Rows with a spectrum that falls and one feature with a large mean, as residual streams have; labels by a planted softmax of unequal shares."""
    import numpy as np

    rng = np.random.default_rng(seed)
    scale, mean, w = 4 * (1 + np.arange(d)) ** -0.5, rng.standard_normal(d), 4 * rng.standard_normal((d, k)) / np.sqrt(d)
    mean[3] = 30
    labels = []
    with open(path + ".rows", "wb") as file:
        for start in range(0, n, 10000):
            u = rng.standard_normal((min(10000, n - start), d), dtype=np.float32)
            labels.append((u @ w.astype(np.float32) + np.linspace(0, -2.5, k) + 0.5 * rng.gumbel(size=(len(u), k))).argmax(1))
            (u * scale + mean).astype("<f4").tofile(file)
    np.concatenate(labels).astype("<i4").tofile(path + ".labels")


def objective(x, y, w, b, c):
    """(C sum of losses + |W|^2 / 2) / (C n) of rows in common units."""
    import numpy as np

    z = x @ w.T + b
    top = z.max(1, keepdims=True)
    loss = np.log(np.exp(z - top).sum(1)) + top[:, 0] - z[np.arange(len(y)), y]
    return loss.mean() + (w**2).sum() / 2 / c / len(y)


def multinomial(width="768", n=200000, few=20000, k=17, c=0.01):
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    d = int(width)
    with tempfile.TemporaryDirectory(dir=os.environ.get("SONDE_BENCH")) as folder:
        for count in (n, few):
            path = os.path.join(folder, str(count))
            tokens(path, count, d, k)
            a = ours("MultinomialBench.java", path + ".rows", path + ".labels", str(d), str(k), str(c), "exact", heap="512m" if d < 2000 else "768m")
            for _ in range(1 if count == n else 2):
                found = a.ask("write " + os.path.join(folder, "w")).split()
                print("%7d x %d (%.2f GB in a file), %d classes: %s s, %s steps, gradient %s, loss %s; heap and native at most %s MiB, pages of files %s MiB" % (count, d, 4e-9 * count * d, k, *found), flush=True)
            a.quit()
        x = np.fromfile(path + ".rows", "<f4").reshape(few, d).astype(np.float64)
        y = np.fromfile(path + ".labels", "<i4")
        mine = np.fromfile(os.path.join(folder, "w"), "<f8").reshape(k, d + 1)
        mean = x.mean(0)
        unit = np.sqrt(((x - mean) ** 2).mean())
        z = (x - mean) / unit
        value = objective(z, y, mine[:, :d] * unit, mine[:, d] + mine[:, :d] @ mean, c)
        for tol in (1e-4, 1e-6):
            start = time.perf_counter()
            fit = LogisticRegression(C=c, tol=tol, max_iter=10000).fit(z, y)
            seconds = time.perf_counter() - start
            peer = objective(z, y, fit.coef_, fit.intercept_, c)
            print("%7d x %d: scikit-learn tol %g in memory %.2f s, %d steps, ratio %.1f; its loss is %.1e above ours (relative)" % (few, d, tol, seconds, fit.n_iter_[0], seconds / float(found[0]), (peer - value) / value), flush=True)


def ragged(folder, texts=2000, d=768, seed=0):
    """Texts of 10 to 60 tokens with a topic each; one token of each carries a cue, and beside it which label the text has."""
    import numpy as np

    rng = np.random.default_rng(seed)
    lengths, labels = rng.integers(10, 61, texts), rng.integers(0, 2, texts)
    first = np.r_[0, np.cumsum(lengths)[:-1]]
    cue, mark = (v / np.linalg.norm(v) for v in rng.standard_normal((2, d)))
    rows = rng.standard_normal((lengths.sum(), d), dtype=np.float32) + np.repeat(rng.standard_normal((texts, d), dtype=np.float32) / 2, lengths, 0)
    rows[first + rng.integers(0, lengths)] += (6 * cue + np.where(labels[:, None] == 1, 4, -4) * mark).astype(np.float32)
    rows = rows * (1 + np.arange(d)) ** -0.5 * np.sqrt(d) / 2 + 3 * rng.standard_normal(d)
    rows.astype("<f4").tofile(os.path.join(folder, "rows"))
    for name, numbers in (("lengths", lengths), ("labels", labels)):
        numbers.astype("<i4").tofile(os.path.join(folder, name))


def attention(rounds=3, decay=1e-3, within=1e-3):
    with tempfile.TemporaryDirectory() as folder:
        ragged(folder)
        a = ours("AttentionBench.java", folder, "768", str(decay))
        b = Side(sys.executable, os.path.join(HERE, "peer_attention.py"), folder, str(decay))
        for heads in (1, 4):
            a.ask(str(heads))
            mine = [[float(v) for v in a.ask(str(heads)).split()] for _ in range(rounds)]
            seconds, loss = statistics.median(m[0] for m in mine), mine[0][1]
            print("%d heads: ours %.2f s, loss %.6f, gradient %.0e" % (heads, seconds, loss, mine[0][2]), flush=True)
            best = float("inf")
            for rate in (0.003, 0.01, 0.03):
                for epochs in (10, 20, 40):
                    reached, there, used, whole = b.ask("%d %g %d 32 %.9f" % (heads, rate, epochs, loss * (1 + within))).split()
                    best = min(best, float(reached))
                    print("    PyTorch, Adam %g falling over %d epochs: loss %s after %s epochs, %s s%s" % (rate, epochs, there, used, whole, "" if reached != "inf" else ", not within %g of ours" % within), flush=True)
            print("%d heads: PyTorch's fastest to within %g of our loss %.2f s, ratio %.1f" % (heads, within, best, best / seconds), flush=True)
        a.quit(), b.quit()


def growth(per=4):
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    sys.path.insert(0, HERE)
    import growth as figure

    rng, cs, panels, done = np.random.default_rng(0), [1e-4, 1e-3, 1e-2, 1e-1], [], {}
    sizes = (("rows (d 1,024; 480 probes)", [(n, 1024, 24) for n in (250, 500, 1000, 2000, 4000)], 0),
             ("numbers a row (n 1,000; 480 probes)", [(1000, d, 24) for d in (256, 512, 1024, 2048, 4096)], 1),
             ("probes (n 1,000; d 1,024)", [(1000, 1024, q) for q in (1, 6, 24, 96)], 2))
    for label, shapes, axis in sizes:
        points = []
        for n, d, q in shapes:
            if (n, d, q) not in done:
                x = (rng.standard_normal((n, d)) * (1 + 9 * rng.random(d) ** 4)).astype(np.float32)
                x /= x.std()
                y = (x @ (rng.standard_normal((d, q)) / np.sqrt(d)) + 0.5 * rng.standard_normal((n, q)) > 0).T
                with tempfile.TemporaryDirectory() as folder:
                    path = os.path.join(folder, "x.bin")
                    np.concatenate([np.array([n, d, q], np.float32), x.ravel(), np.where(y, 1, -1).astype(np.float32).ravel()]).astype("<f4").tofile(path)
                    a = ours("SolverBench.java", path)
                    a.ask()
                    mine = statistics.median(float(a.ask()) for _ in range(3))
                    a.quit()
                times = []
                for i in range(per):
                    train = np.arange(n) % 5 != i % 5
                    start = time.perf_counter()
                    LogisticRegression(C=cs[i % 4], tol=1e-6, max_iter=10000).fit(x[train].astype(np.float64), y[i % q][train])
                    times.append(time.perf_counter() - start)
                done[n, d, q] = mine, statistics.mean(times) * 20 * q
            mine, peer = done[n, d, q]
            points.append(((n, d, 20 * q)[axis], mine, peer))
            print("n %5d  d %5d  probes %5d   ours %8.3f s   scikit-learn %8.1f s (%d fits timed, extrapolated)   ratio %5.0f" % (n, d, 20 * q, mine, peer, per, peer / mine), flush=True)
        panels.append((label, points))
    with open(os.path.join(ROOT, "docs", "growth.svg"), "w") as file:
        file.write(figure.draw(panels, "Exact logistic probes: labels × 5 folds × 4 C, basis included",
                               "seconds on 2 cores; scikit-learn (lbfgs, tol 1e-6): %d fits timed, extrapolated to all" % per))


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


def grid(file, rounds=3):
    shares = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run([os.path.join(ROOT, "sonde"), "probe", "--model", "bert-base-uncased", "--data", file, "--check-permutations", "100", "--out", folder],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            whole = time.perf_counter() - start
            found = json.load(open(os.path.join(folder, "results.json")))
            seconds = found["origin"]["seconds"]
            bare = seconds["capture"] + seconds["untrained capture"]
            shares.append(whole / bare)
            print("  whole %.1f s, forward passes %.1f s, ratio %.2f; closed-form and exact null differ by at most %.4f over %d labellings  %s" % (
                whole, bare, whole / bare, found["maxNull"]["largestDifference"], found["maxNull"]["checked"], {k: round(v, 1) for k, v in seconds.items()}), flush=True)
    print("grid over its bare forward passes: %.2f" % statistics.median(shares))


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


MAKE = """
import sys, torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
torch.manual_seed(0)
letters = Tokenizer(models.BPE({**{c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}, "<eos>": 256}, []))
letters.pre_tokenizer, letters.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
for name, model in (("gpt2", GPT2LMHeadModel(GPT2Config())), ("bert", BertModel(BertConfig()))):
    model.save_pretrained(sys.argv[1] + "/" + name)
    PreTrainedTokenizerFast(tokenizer_object=letters, eos_token="<eos>", bos_token="<eos>", pad_token="<eos>").save_pretrained(sys.argv[1] + "/" + name)
"""
COLD = """
import sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
t, m = AutoTokenizer.from_pretrained(sys.argv[1]), AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
with torch.inference_mode():
    print(m(**t("Hello", return_tensors="pt")).logits[0, -1].argmax().item())
"""


def timed(*command, env=None):
    """Seconds, largest resident MiB, standard output and error."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        out.seek(0), err.seek(0)
        said, errors = out.read(), err.read()
        if status:
            sys.exit("%s ended with %d: %s" % (" ".join(command), status, errors))
        return seconds, usage.ru_maxrss / 1024, said, errors


SLOW = 8  # seconds from which a peer's pass is timed once, without a second to warm up


def forward(dtype="float32", rounds=7, shapes="gpt2,bert", batches="1,8"):
    peers, rounds = os.environ.get("SONDE_PEERS", sys.executable), int(rounds)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", MAKE, folder], check=True, capture_output=True)
        for shape in shapes.split(","):
            path = os.path.join(folder, shape)
            sides = {"ours": ours("ForwardBench.java", path, dtype)}
            for kind, python in (("eager", sys.executable), ("sdpa", sys.executable), ("lens", peers), ("nnsight", peers)):
                side = Side(python, os.path.join(HERE, "peer_forward.py"), kind, shape, path, dtype)
                if side.ready == "ready":
                    sides[kind] = side
                else:
                    print("  %s cannot be run here" % kind)
            for case in ["%s 128%s" % (batch, end) for end in (("", " logits") if shape == "gpt2" else ("",)) for batch in batches.split(",")]:
                times = {name: [float(side.ask(case))] for name, side in sides.items()}  # the first warms up
                quick = [name for name in sides if times[name][0] < SLOW]
                for name in quick:
                    sides[name].ask(case)
                    times[name] = []
                for _ in range(rounds):
                    for name in quick:
                        times[name].append(float(sides[name].ask(case)))
                mid = {name: statistics.median(t) for name, t in times.items()}
                batch, length = map(int, case.split()[:2])
                rate = float(sides["ours"].ask("gemm"))
                flops = batch * length * 2 * 12 * (4 * 768 * 768 + 2 * 768 * 3072) + (batch * length * 2 * 768 * 50257 if "logits" in case else 0)
                best = min((t, n) for n, t in mid.items() if n != "ours")
                print("%s %s %s: %s" % (shape, dtype, case, ", ".join("%s %.0f ms (%.0f tokens/s)" % (n, 1e3 * t, batch * length / t) for n, t in mid.items())))
                print("    ratio to the best peer (%s) %.2f, to all %s; %.0f %% of this machine's float32 GEMM rate of %.0f GFLOP/s" % (best[1], best[0] / mid["ours"], {n: round(t / mid["ours"], 2) for n, t in mid.items() if n != "ours"}, 100 * flops / mid["ours"] / 1e9 / rate, rate), flush=True)
            for side in sides.values():
                side.quit()
        if dtype != "float32":
            return
        cold = [(timed(os.path.join(ROOT, "sonde"), "generate", os.path.join(folder, "gpt2"), "Hello", "--max-tokens", "1")[0], timed(sys.executable, "-c", COLD, os.path.join(folder, "gpt2"))[0]) for _ in range(3)]
        mine, peer = (statistics.median(c[i] for c in cold) for i in (0, 1))
        print("cold start to first logits, GPT-2-small shape: ours %.2f s, transformers %.2f s, ratio %.2f" % (mine, peer, peer / mine))


def gguf(file, rounds=3):
    words = " ".join("the quick brown fox jumps over the lazy dog and".split() * 50)
    command = [os.path.join(ROOT, "sonde"), "generate", file]
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "SONDE_HOME": home}
        timed(os.path.join(ROOT, "sonde"), "doctor", env=env)
        first = timed(*command, "Hello", "--max-tokens", "1", env=env)
        starts = [timed(*command, "Hello", "--max-tokens", "1", env=env) for _ in range(rounds)]
        print("ours: first start to first token %.2f s, later ones %.2f s (%.0f and %.0f MiB resident, mapped weights included)" % (first[0], statistics.median(s[0] for s in starts), first[1], starts[0][1]), flush=True)
        decode, prefill = [], []
        for _ in range(rounds):
            count, seconds = rate(timed(*command, "The capital of France is", "--max-tokens", "64", env=env)[3])
            decode.append(count / seconds)
            said = timed(*command, words, "--max-tokens", "1", "--json", env=env)
            prefill.append(len(json.loads(said[2])["prompt_ids"]) / rate(said[3])[1])
        half = timed(*command, "Hello", "--max-tokens", "1", env={**env, "SONDE_GGUF": "bfloat16"})
        print("ours, cached as bfloat16: first start to first token %.2f s" % half[0])
    peers = [timed(os.environ.get("SONDE_PEERS", sys.executable), os.path.join(HERE, "peer_gguf.py"), file, words) for _ in range(2)]
    said = [json.loads(p[2].strip().splitlines()[-1]) for p in peers]
    mine = {"first start, s": first[0], "second start, s": statistics.median(s[0] for s in starts), "prefill, tokens/s": statistics.median(prefill), "decode, tokens/s": statistics.median(decode), "resident, MiB": starts[0][1]}
    peer = {"first start, s": said[0]["ready"], "second start, s": said[1]["ready"], "prefill, tokens/s": max(p["prefill"] for p in said), "decode, tokens/s": max(p["decode"] for p in said), "resident, MiB": said[1]["resident"]}
    for name in mine:
        ratio = mine[name] / peer[name] if "tokens" in name else peer[name] / mine[name]
        print("%-17s ours %8.2f, transformers %8.2f, ratio %.2f" % (name, mine[name], peer[name], ratio))


def rate(said):
    words = said.strip().splitlines()[-1].split()
    return int(words[0]), float(words[3])


if __name__ == "__main__":
    known = {"capture": capture, "solver": solver, "demo": demo, "memory": memory, "forward": forward, "gguf": gguf, "grid": grid, "multinomial": multinomial, "attention": attention, "growth": growth}
    if len(sys.argv) < 2 or sys.argv[1] not in known or (len(sys.argv) > 2 and sys.argv[1] not in ("forward", "gguf", "grid", "multinomial")):
        sys.exit(__doc__)
    known[sys.argv[1]](*(a for a in sys.argv[2:] if a != "--dtype"))
