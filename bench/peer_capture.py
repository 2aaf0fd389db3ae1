"""The Python side of `bench.py capture`: transformers' base model, sdpa, batches of 32 sorted by length."""
import sys, time, torch
from transformers import AutoModel, BertTokenizerFast

folder, texts = sys.argv[1], open(sys.argv[2]).read().splitlines()
tokenizer = BertTokenizerFast(vocab=folder + "/vocab.txt")
model = AutoModel.from_pretrained(folder, attn_implementation="sdpa", dtype=torch.float32).eval()
ids = sorted((tokenizer(t)["input_ids"] for t in texts), key=len)
print("ready", sum(map(len, ids)), flush=True)
for line in sys.stdin:
    if line.strip() == "quit":
        break
    start = time.perf_counter()
    kept = []
    with torch.inference_mode():
        for at in range(0, len(ids), 32):
            part = ids[at : at + 32]
            width = max(map(len, part))
            batch = torch.tensor([p + [0] * (width - len(p)) for p in part])
            mask = torch.tensor([[1] * len(p) + [0] * (width - len(p)) for p in part])
            hidden = model(input_ids=batch, attention_mask=mask, output_hidden_states=True).hidden_states
            rows, last = torch.arange(len(part)), mask.sum(1) - 2
            kept.append(torch.stack([h[rows, last] for h in hidden]))
    print(time.perf_counter() - start, flush=True)
