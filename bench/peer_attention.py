"""The peer of `bench.py attention`: the same probe by a plain PyTorch loop. Padded batches, a mask, Adam with a rate that falls by a
cosine, autograd; rows centred and in common units beforehand, which is not timed, nor are the looks at the loss between epochs.

Reads lines `HEADS RATE EPOCHS BATCH TARGET`; answers with the seconds of training until the loss over all texts, penalty included, was at
most TARGET (`inf` if it never was), the loss in the end and the epochs. What the penalty weighs is the second argument."""
import json, math, sys, time
import numpy as np, torch

folder, decay = sys.argv[1], float(sys.argv[2])
torch.set_num_threads(2)
lengths = torch.from_numpy(np.fromfile(folder + "/lengths", "<i4").astype(np.int64))
labels = torch.from_numpy(np.fromfile(folder + "/labels", "<i4").astype(np.float32))
rows = torch.from_numpy(np.fromfile(folder + "/rows", "<f4").reshape(int(lengths.sum()), -1))
mean = rows.double().mean(0)
unit = (rows.double() - mean).square().mean().sqrt()
rows = ((rows - mean) / unit).float()
texts, longest, d = len(lengths), int(lengths.max()), rows.shape[1]
x = torch.zeros(texts, longest, d)
for i, part in enumerate(rows.split(lengths.tolist())):
    x[i, : len(part)] = part
pad = torch.arange(longest)[None] >= lengths[:, None]
place = torch.arange(longest) / longest


class Probe(torch.nn.Module):
    def __init__(self, heads):
        super().__init__()
        torch.manual_seed(0)
        self.query = torch.nn.Parameter(torch.zeros(heads, d))
        self.value = torch.nn.Parameter(torch.randn(heads, d) / math.sqrt(d) if heads > 1 else torch.zeros(heads, d))
        self.position = torch.nn.Parameter(torch.zeros(heads))
        self.bias = torch.nn.Parameter(torch.zeros(()))

    def forward(self, x, pad):
        scores = x @ self.query.T + place[: x.shape[1], None] * self.position
        weights = scores.masked_fill(pad[..., None], -math.inf).softmax(1)
        return self.bias + (weights * (x @ self.value.T)).sum((1, 2))

    def penalty(self):
        return decay / 2 * (self.query.square().sum() + self.value.square().sum() + self.position.square().sum())


def loss(probe, ids):
    most = int(lengths[ids].max())
    return torch.nn.functional.binary_cross_entropy_with_logits(probe(x[ids, :most], pad[ids, :most]), labels[ids]) + probe.penalty()


@torch.inference_mode()
def whole(probe):
    parts = torch.arange(texts).split(256)
    return sum((loss(probe, p) - probe.penalty()).item() * len(p) for p in parts) / texts + probe.penalty().item()


print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "quit":
        break
    heads, rate, epochs, batch, target = line.split()
    probe, steps = Probe(int(heads)), int(epochs) * math.ceil(texts / int(batch))
    adam = torch.optim.Adam(probe.parameters(), lr=float(rate))
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    seconds, reached, best, deal = 0.0, math.inf, math.inf, torch.Generator().manual_seed(0)
    for epoch in range(int(epochs)):
        start = time.perf_counter()
        for ids in torch.randperm(texts, generator=deal).split(int(batch)):
            adam.zero_grad()
            loss(probe, ids).backward()
            adam.step()
            falling.step()
        seconds += time.perf_counter() - start
        now = whole(probe)
        best = min(best, now)
        if now <= float(target):
            reached = seconds
            break
    print("%.4f %.9f %d %.4f" % (reached, now, epoch + 1, seconds), flush=True)
