"""Sonde beside its Python peers, A and B in alternation, medians and ratios.

  python bench/bench.py capture    last-token residuals of all layers, 1,500 statements, BERT-base, float32
  python bench/bench.py solver     480 logistic probes (n 1000, d 4096, 24 labels x 5 folds x 4 C) against scikit-learn
  python bench/bench.py demo       the whole demo against the bare forward passes that it needs
  python bench/bench.py forward    a forward pass with all residuals captured: GPT-2-small and BERT-base shapes, batches of 1 and 8 x 128, against transformers (eager, sdpa),
                                   TransformerLens and nnsight (SONDE_PEERS: a Python that has these two); `forward --dtype bfloat16 [rounds [gpt2,bert [1,8]]]` for that type, fewer shapes or batches; cold start to first logits
  python bench/bench.py gguf FILE  load time, memory, tokens per second of a GGUF decoder, beside transformers opening the same file (needs gguf and accelerate; SONDE_PEERS too)
  python bench/bench.py grid FILE  a whole study of FILE's statements (12 layers x 2 positions, 1,000 permutations in closed form and 100 by the exact solver, control,
                                   baselines) against the bare forward passes that it needs
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
    known = {"capture": capture, "solver": solver, "demo": demo, "memory": memory, "forward": forward, "gguf": gguf, "grid": grid}
    if len(sys.argv) < 2 or sys.argv[1] not in known or (len(sys.argv) > 2 and sys.argv[1] not in ("forward", "gguf", "grid")):
        sys.exit(__doc__)
    known[sys.argv[1]](*(a for a in sys.argv[2:] if a != "--dtype"))
