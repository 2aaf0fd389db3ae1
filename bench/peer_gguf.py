"""The Python side of `bench.py gguf`: transformers opens the file and continues a text. Prints JSON."""
import json, os, resource, sys, time

begun = time.perf_counter()
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, name = os.path.split(sys.argv[1])
tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
ready = time.perf_counter() - begun
prompt = tokenizer(sys.argv[2], return_tensors="pt").input_ids
with torch.inference_mode():
    model(prompt[:, :8])
    start = time.perf_counter()
    model(prompt)
    prefill = time.perf_counter() - start
    few = tokenizer("The capital of France is", return_tensors="pt").input_ids
    start = time.perf_counter()
    out = model.generate(few, max_new_tokens=64, min_new_tokens=64, do_sample=False)
    decode = time.perf_counter() - start
print(json.dumps({"ready": ready, "prefill": prompt.shape[1] / prefill, "decode": (out.shape[1] - few.shape[1]) / decode, "resident": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
