"""The Python sides of `bench.py forward`: KIND SHAPE FOLDER DTYPE.

KIND is eager or sdpa (transformers), lens (TransformerLens) or nnsight; SHAPE gpt2 or bert. A forward pass on `BATCH LENGTH [logits]` tokens that count up, the
embeddings and every residual kept; answers in seconds.
"""
import sys, time
import torch

kind, shape, folder, dtype = sys.argv[1:5]
dtype = getattr(torch, dtype)
torch.set_grad_enabled(False)


def hub(attention):
    from transformers import AutoModel, AutoModelForCausalLM

    def load(auto):
        return auto.from_pretrained(folder, attn_implementation=attention, dtype=dtype).eval()

    return load(AutoModelForCausalLM if shape == "gpt2" else AutoModel)


if kind in ("eager", "sdpa"):
    model = hub(kind)
    base = model.transformer if shape == "gpt2" else model

    def forward(ids, logits):
        return len((model if logits else base)(input_ids=ids, output_hidden_states=True, use_cache=False).hidden_states) if shape == "gpt2" else len(base(input_ids=ids, output_hidden_states=True).hidden_states)

elif kind == "lens":
    from transformer_lens.model_bridge import TransformerBridge

    model = TransformerBridge.boot_transformers(folder, device="cpu", dtype=dtype)

    def forward(ids, logits):
        wanted = lambda n: n.endswith("hook_resid_post") or n == "hook_embed"
        return len(model.run_with_cache(ids, names_filter=wanted, **({} if logits else {"stop_at_layer": 12}))[1])

else:
    from nnsight import NNsight

    net = hub("sdpa")
    inner = net.transformer if shape == "gpt2" else net
    wrapped = NNsight(net)
    wrapped_base = NNsight(inner)

    def forward(ids, logits):
        kept = []
        top = wrapped if logits else wrapped_base
        with top.trace(ids):
            part = top.transformer if logits else top
            if shape == "gpt2":
                kept.append(part.drop.output.save())
                for block in part.h:
                    kept.append(block.output.save())
            else:
                kept.append(part.embeddings.output.save())
                for block in part.encoder.layer:
                    kept.append(block.output.save())
        return len(kept)


print("ready", flush=True)
for line in sys.stdin:
    words = line.split()
    if words == ["quit"]:
        break
    batch, length = int(words[0]), int(words[1])
    ids = torch.arange(length)[None, :] + 1000 + 131 * torch.arange(batch)[:, None]
    with torch.inference_mode(kind != "nnsight"):
        start = time.perf_counter()
        assert forward(ids, len(words) > 2) >= 12
        print(time.perf_counter() - start, flush=True)
