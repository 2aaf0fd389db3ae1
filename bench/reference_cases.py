"""Writes many tiny random models and what Hugging Face transformers computes with them.

    python bench/reference_cases.py OUT [NAME…]      # all cases, or those whose name begins so
    ./sonde verify OUT/*
    python bench/reference_cases.py --kept OUT       # those of src/test/resources/configurations, narrower
    python bench/reference_cases.py --defaults       # what an absent key means, of every family

Each case is a folder as docs/verify.md describes: `config.json`, weights, `reference.safetensors` with the hidden
states, block outputs, raw module outputs, patterns, logits and gradients of one batch of four texts (9, 6, 9 and 4
tokens; row 1 padded on the left in decoders, rows 1 and 3 on the right otherwise). The cases go over every key of a
configuration that changes numbers. Needs torch, transformers 5 and safetensors; no test or build does.
"""

import json, math, os, shutil, sys, warnings, zlib
import torch
from safetensors.torch import load_file, save_file

warnings.filterwarnings("ignore")
import transformers

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

ATTN = ("attn", "attention", "self_attn", "self_attention")
MLP = ("mlp", "ffn", "block_sparse_moe")
BY_MASK = ("bloom", "opt", "bert", "roberta", "distilbert", "modernbert")  # positions come from the mask
CASES = []


def case(name, config, model, keys, **options):
    CASES.append((name, config, model, keys, options))


# ---------------------------------------------------------------- the cases

G = dict(n_embd=32, n_layer=2, n_head=4, n_positions=64, vocab_size=97)
H = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, vocab_size=97,
         max_position_embeddings=64)
KV = dict(H, num_key_value_heads=2)


def gpt2(name, **keys):
    options = {k: keys.pop(k) for k in ("seed", "minimal", "half", "shards", "edit") if k in keys}
    case("gpt2_" + name, "GPT2Config", "GPT2LMHeadModel", dict(G, **keys), **options)


gpt2("plain"); gpt2("seed7", seed=7); gpt2("one_head", n_head=1); gpt2("odd", n_embd=30, n_head=3, n_inner=50)
gpt2("inverse_layer", scale_attn_by_inverse_layer_idx=True); gpt2("unscaled", scale_attn_weights=False)
gpt2("upcast", reorder_and_upcast_attn=True, scale_attn_by_inverse_layer_idx=True)
gpt2("untied", tie_word_embeddings=False); gpt2("eps", layer_norm_epsilon=1e-2); gpt2("minimal", minimal=True)
for act in ("relu", "gelu", "silu", "tanh", "gelu_fast", "quick_gelu", "gelu_python", "gelu_pytorch_tanh", "relu2",
            "mish", "swish", "sigmoid", "linear", "gelu_10", "relu6", "leaky_relu", "laplace", "gelu_accurate",
            "hardswish", "prelu", "xielu", "gelu_python_tanh", "sqrtsoftplus"):
    gpt2("act_" + act, activation_function=act)
gpt2("fp16", half=torch.float16); gpt2("bf16", half=torch.bfloat16); gpt2("sharded", shards="20KB")

N = dict(hidden_size=32, num_layers=2, num_heads=4, vocab_size=97, max_position_embeddings=64)
for name, keys in dict(
        local=dict(attention_types=[[["global", "local"], 1]], window_size=3),
        all_local=dict(attention_types=[[["local"], 2]], window_size=1),
        glob=dict(attention_types=[[["global"], 2]], activation_function="relu"),
        narrow=dict(attention_types=[[["local", "global"], 1]], window_size=5, intermediate_size=40),
        untied=dict(attention_types=[[["global", "local"], 1]], window_size=4, tie_word_embeddings=False),
        heads=dict(attention_types=[[["global", "local"], 1]], window_size=2, num_heads=2, layer_norm_epsilon=1e-3),
).items():
    case("neo_" + name, "GPTNeoConfig", "GPTNeoForCausalLM", dict(N, **keys))
case("neo_types_only", "GPTNeoConfig", "GPTNeoForCausalLM",
     dict(N, attention_types=[[["global", "local"], 1]], window_size=3), drop=["attention_layers"])

for name, keys in dict(plain=dict(rotary_dim=4), whole=dict(rotary_dim=8), two=dict(rotary_dim=2, n_head=2),
                       tied=dict(rotary_dim=4, tie_word_embeddings=True),
                       inner=dict(rotary_dim=4, n_inner=40, activation_function="gelu", layer_norm_epsilon=1e-3),
                       odd=dict(rotary_dim=6, n_embd=30, n_head=3)).items():
    case("gptj_" + name, "GPTJConfig", "GPTJForCausalLM", dict(G, **keys))
case("gptj_seed3", "GPTJConfig", "GPTJForCausalLM", dict(G, rotary_dim=4), seed=3)
case("gptj_minimal", "GPTJConfig", "GPTJForCausalLM", dict(G, n_embd=128, n_head=2, rotary_dim=64), minimal=True)
case("gptj_bf16", "GPTJConfig", "GPTJForCausalLM", dict(G, rotary_dim=4), half=torch.bfloat16)


def rope(kind="default", theta=10000.0, **more):
    return dict(rope_type=kind, rope_theta=theta, **more)


ROPES = dict(
    theta=rope(theta=500.0), linear=rope("linear", factor=3.0), dynamic=rope("dynamic", factor=2.0),
    yarn=rope("yarn", factor=4.0, original_max_position_embeddings=16),
    yarn_factor=rope("yarn", factor=4.0, original_max_position_embeddings=16, attention_factor=1.3, beta_fast=16.0,
                     beta_slow=2.0),
    yarn_mscale=rope("yarn", factor=4.0, original_max_position_embeddings=16, mscale=0.7, mscale_all_dim=1.2),
    yarn_untruncated=rope("yarn", factor=8.0, original_max_position_embeddings=8, truncate=False),
    llama3=rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16),
    longrope_short=rope("longrope", short_factor=[1.1, 1.2, 1.3, 1.5], long_factor=[2.0, 3.0, 4.0, 5.0],
                        original_max_position_embeddings=32),
    longrope_long=rope("longrope", short_factor=[1.1, 1.2, 1.3, 1.5], long_factor=[2.0, 3.0, 4.0, 5.0],
                       original_max_position_embeddings=9 - 1),
    longrope_factor=rope("longrope", short_factor=[1.1, 1.2, 1.3, 1.5], long_factor=[2.0, 3.0, 4.0, 5.0], factor=3.0,
                         original_max_position_embeddings=32),
)

for name, keys in dict(
        parallel=dict(), serial=dict(use_parallel_residual=False), nobias=dict(attention_bias=False),
        whole=dict(rope_parameters=rope(partial_rotary_factor=1.0)),
        half=dict(rope_parameters=rope(partial_rotary_factor=0.5, theta=300.0)),
        third=dict(hidden_size=36, num_attention_heads=3, rope_parameters=rope(partial_rotary_factor=0.34)),
        tied=dict(tie_word_embeddings=True), act=dict(hidden_act="gelu_fast"), relu=dict(hidden_act="relu"),
        eps=dict(layer_norm_eps=1e-2, use_parallel_residual=False),
        linear=dict(rope_parameters=rope("linear", factor=2.0, partial_rotary_factor=0.5)),
        dynamic=dict(max_position_embeddings=8, rope_parameters=rope("dynamic", factor=2.0, partial_rotary_factor=0.5)),
        yarn=dict(rope_parameters=rope("yarn", factor=4.0, original_max_position_embeddings=16,
                                       partial_rotary_factor=1.0))).items():
    case("neox_" + name, "GPTNeoXConfig", "GPTNeoXForCausalLM", dict(H, **keys))
case("neox_old", "GPTNeoXConfig", "GPTNeoXForCausalLM",
     dict(H, rope_parameters=rope(partial_rotary_factor=0.5, theta=300.0)), old="neox")
case("neox_minimal", "GPTNeoXConfig", "GPTNeoXForCausalLM", dict(H), minimal=True)
case("neox_sharded16", "GPTNeoXConfig", "GPTNeoXForCausalLM", dict(H), half=torch.float16, shards="15KB")

O = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, ffn_dim=48, vocab_size=97,
         max_position_embeddings=64)
for name, keys in dict(
        pre=dict(), post=dict(do_layer_norm_before=False), narrow=dict(word_embed_proj_dim=16),
        post_narrow=dict(do_layer_norm_before=False, word_embed_proj_dim=16), nobias=dict(enable_bias=False),
        plainnorm=dict(layer_norm_elementwise_affine=False),
        plainnorm_post=dict(layer_norm_elementwise_affine=False, do_layer_norm_before=False),
        nofinal=dict(_remove_final_layer_norm=True), act=dict(activation_function="gelu"),
        wide=dict(word_embed_proj_dim=40), untied=dict(tie_word_embeddings=False),
        untied_narrow=dict(tie_word_embeddings=False, word_embed_proj_dim=16)).items():
    case("opt_" + name, "OPTConfig", "OPTForCausalLM", dict(O, **keys))
case("opt_minimal", "OPTConfig", "OPTForCausalLM", dict(O), minimal=True)

B = dict(hidden_size=32, n_layer=2, n_head=4, vocab_size=97)
for name, keys in dict(
        plain=dict(), heads3=dict(hidden_size=36, n_head=3), heads6=dict(hidden_size=36, n_head=6),
        one=dict(n_head=1), postln=dict(apply_residual_connection_post_layernorm=True),
        untied=dict(tie_word_embeddings=False), tp=dict(pretraining_tp=2, slow_but_exact=True),
        heads12=dict(hidden_size=48, n_head=12), eps=dict(layer_norm_epsilon=1e-2)).items():
    case("bloom_" + name, "BloomConfig", "BloomForCausalLM", dict(B, **keys))
case("bloom_minimal", "BloomConfig", "BloomForCausalLM", dict(hidden_size=64, n_layer=2, n_head=8, vocab_size=97),
     minimal=True)
case("bloom_base", "BloomConfig", "BloomModel", dict(B))

F = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, vocab_size=97, max_position_embeddings=64)
for name, keys in dict(
        mq=dict(), mha=dict(multi_query=False), bias=dict(bias=True), new=dict(new_decoder_architecture=True,
                                                                              num_kv_heads=2),
        new_one=dict(new_decoder_architecture=True, num_kv_heads=1, num_ln_in_parallel_attn=1),
        new_all=dict(new_decoder_architecture=True, bias=True), serial=dict(parallel_attn=False),
        serial_mha=dict(parallel_attn=False, multi_query=False, bias=True),
        ffn=dict(ffn_hidden_size=40, activation="relu"), untied=dict(tie_word_embeddings=False),
        rw=dict(alibi=True, multi_query=False, parallel_attn=False, bias=True), alibi=dict(alibi=True),
        alibi3=dict(alibi=True, hidden_size=36, num_attention_heads=6, multi_query=False),
        theta=dict(rope_parameters=rope(theta=500.0)), linear=dict(rope_parameters=rope("linear", factor=2.0)),
        mq_kv=dict(num_kv_heads=2), mq_two=dict(num_ln_in_parallel_attn=1),
        dynamic=dict(max_position_embeddings=8, rope_parameters=rope("dynamic", factor=2.0))).items():
    case("falcon_" + name, "FalconConfig", "FalconForCausalLM", dict(F, **keys))
case("falcon_minimal", "FalconConfig", "FalconForCausalLM", dict(F), minimal=True)
case("falcon_new_minimal", "FalconConfig", "FalconForCausalLM", dict(F, new_decoder_architecture=True, num_kv_heads=2),
     minimal=True)
case("falcon_old", "FalconConfig", "FalconForCausalLM", dict(F, rope_parameters=rope(theta=500.0)), old=True)

for name, keys in dict(
        plain=dict(), mha=dict(num_key_value_heads=4), mqa=dict(num_key_value_heads=1), bias=dict(attention_bias=True),
        mlp_bias=dict(mlp_bias=True), wide_heads=dict(head_dim=12), narrow_heads=dict(head_dim=4),
        tied=dict(tie_word_embeddings=True), act=dict(hidden_act="gelu"), eps=dict(rms_norm_eps=1e-2),
        odd=dict(hidden_size=30, num_attention_heads=3, num_key_value_heads=1, intermediate_size=37),
        partial=dict(rope_parameters=rope(partial_rotary_factor=0.5)),
        tp=dict(pretraining_tp=2),
).items():
    case("llama_" + name, "LlamaConfig", "LlamaForCausalLM", dict(KV, **keys))
for name, r in ROPES.items():
    case("llama_" + name, "LlamaConfig", "LlamaForCausalLM", dict(KV, rope_parameters=r))
    case("llama_old_" + name, "LlamaConfig", "LlamaForCausalLM", dict(KV, rope_parameters=r), old=True)
case("llama_dynamic_long", "LlamaConfig", "LlamaForCausalLM",
     dict(KV, max_position_embeddings=7, rope_parameters=ROPES["dynamic"]))
case("llama_dynamic_batch", "LlamaConfig", "LlamaForCausalLM",
     dict(KV, max_position_embeddings=4, rope_parameters=rope("dynamic", factor=3.0)))
case("llama_minimal", "LlamaConfig", "LlamaForCausalLM", dict(H), minimal=True)
case("llama_old_typename", "LlamaConfig", "LlamaForCausalLM", dict(KV, rope_parameters=ROPES["linear"]), old="type")
case("llama_fp16", "LlamaConfig", "LlamaForCausalLM", dict(KV), half=torch.float16)
case("llama_bf16_sharded", "LlamaConfig", "LlamaForCausalLM", dict(KV), half=torch.bfloat16, shards="12KB")
case("llama_base", "LlamaConfig", "LlamaModel", dict(KV))
case("llama_tied_base", "LlamaConfig", "LlamaModel", dict(KV, tie_word_embeddings=True))
case("llama_seed5", "LlamaConfig", "LlamaForCausalLM", dict(KV), seed=5)
case("smollm_like", "LlamaConfig", "LlamaForCausalLM",
     dict(KV, hidden_size=36, num_attention_heads=9, num_key_value_heads=3, tie_word_embeddings=True,
          rope_parameters=rope(theta=100000.0)), seed=2)

for name, keys in dict(window=dict(sliding_window=3), none=dict(sliding_window=None), one=dict(sliding_window=1),
                       eight=dict(sliding_window=8), head_dim=dict(head_dim=16, sliding_window=4),
                       tied=dict(tie_word_embeddings=True, sliding_window=5),
                       yarn=dict(sliding_window=None, rope_parameters=ROPES["yarn"])).items():
    case("mistral_" + name, "MistralConfig", "MistralForCausalLM", dict(KV, **keys))
case("mistral_minimal", "MistralConfig", "MistralForCausalLM", dict(H, num_attention_heads=8, num_key_value_heads=8),
     minimal=True)

X = dict(KV, num_local_experts=4)
for name, keys in dict(two=dict(), top1=dict(num_experts_per_tok=1), top3=dict(num_experts_per_tok=3),
                       all=dict(num_experts_per_tok=4), eight=dict(num_local_experts=8),
                       window=dict(sliding_window=3), head_dim=dict(head_dim=16), tied=dict(tie_word_embeddings=True),
                       act=dict(hidden_act="gelu"), one=dict(num_local_experts=1, num_experts_per_tok=1),
                       jitter=dict(router_jitter_noise=0.1, output_router_logits=True)).items():
    case("mixtral_" + name, "MixtralConfig", "MixtralForCausalLM", dict(X, **keys))
case("mixtral_minimal", "MixtralConfig", "MixtralForCausalLM",
     dict(H, num_attention_heads=8, num_key_value_heads=8, num_local_experts=8), minimal=True)
case("mixtral_bf16", "MixtralConfig", "MixtralForCausalLM", X, half=torch.bfloat16)

for name, keys in dict(
        plain=dict(), tied=dict(tie_word_embeddings=True), mha=dict(num_key_value_heads=4),
        window=dict(use_sliding_window=True, sliding_window=3, max_window_layers=1),
        all_window=dict(use_sliding_window=True, sliding_window=3, max_window_layers=0),
        unused=dict(use_sliding_window=False, sliding_window=3, max_window_layers=0),
        types=dict(use_sliding_window=True, sliding_window=4, layer_types=["sliding_attention", "full_attention"]),
        yarn=dict(rope_parameters=ROPES["yarn"]), eps=dict(rms_norm_eps=1e-2),
        dynamic=dict(rope_parameters=ROPES["dynamic"], max_position_embeddings=8)).items():
    case("qwen2_" + name, "Qwen2Config", "Qwen2ForCausalLM", dict(KV, **keys))
case("qwen2_old_window", "Qwen2Config", "Qwen2ForCausalLM",
     dict(KV, use_sliding_window=True, sliding_window=3, max_window_layers=1), drop=["layer_types"], old=True)
case("qwen2_minimal", "Qwen2Config", "Qwen2ForCausalLM", dict(H, num_attention_heads=32, hidden_size=64,
                                                             num_key_value_heads=32), minimal=True)
for name, keys in dict(
        plain=dict(head_dim=8), wide=dict(head_dim=16), bias=dict(head_dim=8, attention_bias=True),
        tied=dict(head_dim=8, tie_word_embeddings=True),
        window=dict(head_dim=8, use_sliding_window=True, sliding_window=3, max_window_layers=1),
        yarn=dict(head_dim=8, rope_parameters=ROPES["yarn"])).items():
    case("qwen3_" + name, "Qwen3Config", "Qwen3ForCausalLM", dict(KV, **keys))
case("qwen3_minimal", "Qwen3Config", "Qwen3ForCausalLM", dict(KV, head_dim=128), minimal=True)

E = dict(KV, head_dim=8, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=24)
for name, keys in dict(
        plain=dict(), normed=dict(norm_topk_prob=True), top1=dict(num_experts_per_tok=1),
        top1_normed=dict(num_experts_per_tok=1, norm_topk_prob=True), step=dict(decoder_sparse_step=2),
        step3=dict(decoder_sparse_step=3, num_hidden_layers=3),
        dense=dict(mlp_only_layers=[0]), all_dense=dict(mlp_only_layers=[0, 1]), bias=dict(attention_bias=True),
        tied=dict(tie_word_embeddings=True), eight=dict(num_experts=8, num_experts_per_tok=3, norm_topk_prob=True),
        window=dict(use_sliding_window=True, sliding_window=3), act=dict(hidden_act="gelu"),
        yarn=dict(rope_parameters=ROPES["yarn"])).items():
    case("qwen3moe_" + name, "Qwen3MoeConfig", "Qwen3MoeForCausalLM", dict(E, **keys))
case("qwen3moe_nohead", "Qwen3MoeConfig", "Qwen3MoeForCausalLM", {k: v for k, v in E.items() if k != "head_dim"})
case("qwen3moe_minimal", "Qwen3MoeConfig", "Qwen3MoeForCausalLM",
     dict({k: v for k, v in E.items() if k != "head_dim"}, num_key_value_heads=4, num_experts=10,
          num_experts_per_tok=8), minimal=True)
case("qwen3moe_old", "Qwen3MoeConfig", "Qwen3MoeForCausalLM", E, old=True)
case("qwen3moe_fp16", "Qwen3MoeConfig", "Qwen3MoeForCausalLM", E, half=torch.float16, shards="20KB")

M = dict(KV, head_dim=8)
for name, keys in dict(
        plain=dict(), mqa=dict(num_key_value_heads=1), gelu=dict(hidden_act="gelu"), relu=dict(hidden_act="relu"),
        bias=dict(attention_bias=True), wide=dict(head_dim=16), untied=dict(tie_word_embeddings=False),
        linear=dict(rope_parameters=ROPES["linear"]), seed4=dict(seed=4)).items():
    seed = keys.pop("seed", 1)
    case("gemma_" + name, "GemmaConfig", "GemmaForCausalLM", dict(M, **keys), seed=seed)
case("gemma_minimal", "GemmaConfig", "GemmaForCausalLM",
     dict(H, num_attention_heads=16, num_key_value_heads=16, head_dim=256, num_hidden_layers=2), minimal=True)
case("gemma_activation_key", "GemmaConfig", "GemmaForCausalLM", dict(M), add=dict(hidden_activation="gelu"))
case("gemma_activation_null", "GemmaConfig", "GemmaForCausalLM", dict(M), add=dict(hidden_activation=None))

M2 = dict(M, query_pre_attn_scalar=16, sliding_window=4)
for name, keys in dict(
        capped=dict(attn_logit_softcapping=2.0, final_logit_softcapping=3.0),
        uncapped=dict(attn_logit_softcapping=None, final_logit_softcapping=None),
        attn_capped=dict(attn_logit_softcapping=2.0, final_logit_softcapping=None),
        end_capped=dict(attn_logit_softcapping=None, final_logit_softcapping=3.0),
        scalar=dict(query_pre_attn_scalar=5), types=dict(layer_types=["full_attention", "sliding_attention"]),
        full=dict(layer_types=["full_attention", "full_attention"]), bias=dict(attention_bias=True),
        untied=dict(tie_word_embeddings=False), three=dict(num_hidden_layers=3, sliding_window=2),
        act=dict(hidden_activation="gelu"), linear=dict(rope_parameters=ROPES["linear"])).items():
    case("gemma2_" + name, "Gemma2Config", "Gemma2ForCausalLM", dict(M2, **keys))
case("gemma2_minimal", "Gemma2Config", "Gemma2ForCausalLM",
     dict(H, num_attention_heads=8, num_key_value_heads=4, head_dim=256), minimal=True)
case("gemma2_absent", "Gemma2Config", "Gemma2ForCausalLM", dict(M, sliding_window=4),
     drop=["attn_logit_softcapping", "final_logit_softcapping", "query_pre_attn_scalar", "hidden_activation", "layer_types"])
case("gemma2_old", "Gemma2Config", "Gemma2ForCausalLM", M2, drop=["layer_types"], old=True)

for name, keys in dict(
        plain=dict(layer_types=["sliding_attention", "full_attention"]),
        six=dict(num_hidden_layers=6), scalar=dict(query_pre_attn_scalar=5, num_hidden_layers=3,
                                                   layer_types=["sliding_attention", "full_attention"] + ["sliding_attention"]),
        capped=dict(layer_types=["sliding_attention", "full_attention"], final_logit_softcapping=3.0,
                    attn_logit_softcapping=2.0),
        ropes=dict(layer_types=["sliding_attention", "full_attention"],
                   rope_parameters=dict(full_attention=rope("linear", theta=900.0, factor=4.0),
                                        sliding_attention=rope(theta=77.0))),
        yarn=dict(layer_types=["sliding_attention", "full_attention"],
                  rope_parameters=dict(full_attention=ROPES["yarn"], sliding_attention=rope(theta=77.0))),
        bias=dict(layer_types=["sliding_attention", "full_attention"], attention_bias=True),
        untied=dict(layer_types=["sliding_attention", "full_attention"], tie_word_embeddings=False),
        bidirectional=dict(layer_types=["sliding_attention", "full_attention"], use_bidirectional_attention=True)
).items():
    case("gemma3_" + name, "Gemma3TextConfig", "Gemma3ForCausalLM", dict(M2, **keys))
case("gemma3_old", "Gemma3TextConfig", "Gemma3ForCausalLM",
     dict(M2, num_hidden_layers=3, sliding_window_pattern=2,
          rope_parameters=dict(full_attention=rope("linear", theta=900.0, factor=4.0),
                               sliding_attention=rope(theta=77.0))), drop=["layer_types"], old="gemma3")
case("gemma3_minimal", "Gemma3TextConfig", "Gemma3ForCausalLM",
     dict(H, num_attention_heads=8, num_key_value_heads=4, head_dim=256, num_hidden_layers=6), minimal=True)

for name, keys in dict(
        plain=dict(), gqa=dict(num_key_value_heads=2), qk=dict(qk_layernorm=True),
        whole=dict(rope_parameters=rope(partial_rotary_factor=1.0)), quarter=dict(rope_parameters=rope(partial_rotary_factor=0.25)),
        tied=dict(tie_word_embeddings=True), act=dict(hidden_act="relu"), eps=dict(layer_norm_eps=1e-2),
        linear=dict(rope_parameters=rope("linear", factor=2.0, partial_rotary_factor=0.5)),
        dynamic=dict(max_position_embeddings=8, rope_parameters=rope("dynamic", factor=2.0, partial_rotary_factor=0.5)),
        ).items():
    case("phi_" + name, "PhiConfig", "PhiForCausalLM", dict(H, **keys))
case("phi_minimal", "PhiConfig", "PhiForCausalLM", H, minimal=True)
case("phi_old", "PhiConfig", "PhiForCausalLM", dict(H, rope_parameters=rope(partial_rotary_factor=0.75)), old=True)

SHORT = dict(short_factor=[1.1, 1.2, 1.3, 1.5], long_factor=[2.0, 3.0, 4.0, 5.0])
for name, keys in dict(
        plain=dict(), window=dict(sliding_window=3), partial=dict(rope_parameters=rope(partial_rotary_factor=0.5)),
        short=dict(original_max_position_embeddings=32, rope_parameters=rope("longrope", **SHORT)),
        long=dict(original_max_position_embeddings=8, rope_parameters=rope("longrope", **SHORT)),
        long_batch=dict(original_max_position_embeddings=5, rope_parameters=rope("longrope", **SHORT)),
        short_factor=dict(original_max_position_embeddings=32,
                          rope_parameters=rope("longrope", attention_factor=1.4, **SHORT)),
        short_partial=dict(original_max_position_embeddings=32,
                           rope_parameters=rope("longrope", partial_rotary_factor=0.5, short_factor=[1.1, 1.2],
                                                long_factor=[2.0, 3.0])),
        tied=dict(tie_word_embeddings=True), mqa=dict(num_key_value_heads=1), act=dict(hidden_act="gelu"),
        unstretched=dict(original_max_position_embeddings=64, rope_parameters=rope("longrope", **SHORT)),
).items():
    case("phi3_" + name, "Phi3Config", "Phi3ForCausalLM", dict(KV, pad_token_id=0, **keys))
case("phi3_old_long", "Phi3Config", "Phi3ForCausalLM",
     dict(KV, pad_token_id=0, original_max_position_embeddings=8, rope_parameters=rope("longrope", **SHORT)), old=True)
case("phi3_old_su", "Phi3Config", "Phi3ForCausalLM",
     dict(KV, pad_token_id=0, original_max_position_embeddings=8, rope_parameters=rope("longrope", **SHORT)), old="su")
case("phi3_old_partial", "Phi3Config", "Phi3ForCausalLM",
     dict(KV, pad_token_id=0, original_max_position_embeddings=8, rope_parameters=rope(partial_rotary_factor=0.5)), old=True)
case("phi3_minimal", "Phi3Config", "Phi3ForCausalLM", dict(H, pad_token_id=0), minimal=True)

for name, keys in dict(
        plain=dict(), gqa=dict(num_key_value_heads=2), bias=dict(attention_bias=True), tied=dict(tie_word_embeddings=True),
        eps=dict(rms_norm_eps=1e-2), act=dict(hidden_act="gelu"), linear=dict(rope_parameters=ROPES["linear"]),
        yarn=dict(rope_parameters=ROPES["yarn"]), head_dim=dict(head_dim=12)).items():
    case("olmo2_" + name, "Olmo2Config", "Olmo2ForCausalLM", dict(H, **keys))
case("olmo2_minimal", "Olmo2Config", "Olmo2ForCausalLM", H, minimal=True)

S = dict(KV)
for name, keys in dict(
        plain=dict(), parallel=dict(use_parallel_residual=True), bias=dict(use_qkv_bias=True),
        qk=dict(qk_layernorm=True), qk_parallel=dict(qk_layernorm=True, use_parallel_residual=True, use_qkv_bias=True),
        mha=dict(num_key_value_heads=4), mqa=dict(num_key_value_heads=1),
        half=dict(rope_parameters=rope(partial_rotary_factor=0.5)), whole=dict(rope_parameters=rope(partial_rotary_factor=1.0)),
        tied=dict(tie_word_embeddings=True), eps=dict(layer_norm_eps=1e-2), act=dict(hidden_act="gelu"),
        linear=dict(rope_parameters=rope("linear", factor=2.0, partial_rotary_factor=0.5)),
        dynamic=dict(max_position_embeddings=8, rope_parameters=rope("dynamic", factor=2.0, partial_rotary_factor=0.5)),
).items():
    case("stablelm_" + name, "StableLmConfig", "StableLmForCausalLM", dict(S, **keys))
case("stablelm_minimal", "StableLmConfig", "StableLmForCausalLM",
     dict(H, hidden_size=64, num_attention_heads=32 // 4, num_key_value_heads=8), minimal=True)
case("stablelm_minimal32", "StableLmConfig", "StableLmForCausalLM",
     dict(H, hidden_size=256, num_attention_heads=32, num_key_value_heads=32), minimal=True)
case("stablelm_old", "StableLmConfig", "StableLmForCausalLM", dict(S, rope_parameters=rope(partial_rotary_factor=0.5)),
     old=True)
case("stablelm_bf16", "StableLmConfig", "StableLmForCausalLM", S, half=torch.bfloat16)

for name, keys in dict(
        plain=dict(), multipliers=dict(embedding_multiplier=3.0, logits_scaling=4.0, residual_multiplier=0.3,
                                       attention_multiplier=0.2),
        embedding=dict(embedding_multiplier=12), logits=dict(logits_scaling=8), residual=dict(residual_multiplier=0.22),
        attention=dict(attention_multiplier=0.0625), bias=dict(attention_bias=True), mlp_bias=dict(mlp_bias=True),
        tied=dict(tie_word_embeddings=True, embedding_multiplier=6.0), mqa=dict(num_key_value_heads=1),
        act=dict(hidden_act="gelu"), theta=dict(rope_parameters=rope(theta=500.0)),
        linear=dict(rope_parameters=ROPES["linear"]), head_dim=dict(head_dim=12)).items():
    case("granite_" + name, "GraniteConfig", "GraniteForCausalLM", dict(KV, **keys))
case("granite_minimal", "GraniteConfig", "GraniteForCausalLM", H, minimal=True)
case("granite_fp16", "GraniteConfig", "GraniteForCausalLM", dict(KV, logits_scaling=3.0), half=torch.float16)

for name, keys in dict(
        plain=dict(), relu=dict(hidden_act="relu"), gelu_new=dict(hidden_act="gelu_new"), types=dict(type_vocab_size=4),
        untied=dict(tie_word_embeddings=False), eps=dict(layer_norm_eps=1e-2), one=dict(num_attention_heads=1),
        silu=dict(hidden_act="silu")).items():
    case("bert_" + name, "BertConfig", "BertForMaskedLM", dict(H, **keys))
    case("roberta_" + name, "RobertaConfig", "RobertaForMaskedLM", dict(H, **keys))
case("bert_base", "BertConfig", "BertModel", dict(H))
case("bert_pretraining", "BertConfig", "BertForPreTraining", dict(H))
case("bert_nsp", "BertConfig", "BertForNextSentencePrediction", dict(H))
case("bert_classes", "BertConfig", "BertForSequenceClassification", dict(H, num_labels=3))
case("bert_decoder", "BertConfig", "BertLMHeadModel", dict(H, is_decoder=True))
case("bert_minimal", "BertConfig", "BertForMaskedLM", dict(H, num_attention_heads=4), minimal=True)
case("bert_fp16", "BertConfig", "BertForMaskedLM", dict(H), half=torch.float16)
case("roberta_base", "RobertaConfig", "RobertaModel", dict(H))
case("roberta_pad", "RobertaConfig", "RobertaForMaskedLM", dict(H, pad_token_id=3))
case("roberta_pad0", "RobertaConfig", "RobertaForMaskedLM", dict(H, pad_token_id=0))
case("roberta_decoder", "RobertaConfig", "RobertaForCausalLM", dict(H, is_decoder=True))
case("roberta_minimal", "RobertaConfig", "RobertaForMaskedLM", dict(H), minimal=True)

D = dict(dim=32, n_layers=2, n_heads=4, hidden_dim=48, vocab_size=97, max_position_embeddings=64)
for name, keys in dict(plain=dict(), relu=dict(activation="relu"), sinus=dict(sinusoidal_pos_embds=True),
                       untied=dict(tie_word_embeddings=False), one=dict(n_heads=1)).items():
    case("distilbert_" + name, "DistilBertConfig", "DistilBertForMaskedLM", dict(D, **keys))
case("distilbert_base", "DistilBertConfig", "DistilBertModel", dict(D))
case("distilbert_minimal", "DistilBertConfig", "DistilBertForMaskedLM", dict(D), minimal=True)

MB = dict(H, num_hidden_layers=4, pad_token_id=0)
for name, keys in dict(
        plain=dict(local_attention=4), two=dict(local_attention=2, global_attn_every_n_layers=2),
        odd=dict(local_attention=5), one=dict(global_attn_every_n_layers=1),
        biases=dict(attention_bias=True, mlp_bias=True, norm_bias=True, classifier_bias=True, local_attention=4),
        nodecoder_bias=dict(decoder_bias=False), untied=dict(tie_word_embeddings=False),
        act=dict(hidden_activation="relu", classifier_activation="silu"), eps=dict(norm_eps=1e-2),
        ropes=dict(local_attention=4, rope_parameters=dict(full_attention=rope(theta=900.0), sliding_attention=rope(theta=77.0))),
        linear=dict(local_attention=4, rope_parameters=dict(full_attention=rope("linear", theta=900.0, factor=2.0),
                                                            sliding_attention=rope(theta=77.0))),
        deterministic=dict(deterministic_flash_attn=True), sparse=dict(sparse_prediction=True),
        types=dict(local_attention=4, layer_types=["sliding_attention", "full_attention"] * 2)).items():
    case("modernbert_" + name, "ModernBertConfig", "ModernBertForMaskedLM", dict(MB, **keys))
case("modernbert_base", "ModernBertConfig", "ModernBertModel", dict(MB, local_attention=4))
case("modernbert_old", "ModernBertConfig", "ModernBertForMaskedLM",
     dict(MB, local_attention=4, global_attn_every_n_layers=2,
          rope_parameters=dict(full_attention=rope(theta=900.0), sliding_attention=rope(theta=77.0))),
     drop=["layer_types"], old="modernbert")
case("modernbert_minimal", "ModernBertConfig", "ModernBertForMaskedLM", MB, minimal=True)

V = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=16, patch_size=4)
for name, keys in dict(plain=dict(num_labels=5), nobias=dict(qkv_bias=False, num_labels=5), act=dict(hidden_act="relu", num_labels=5),
                       grey=dict(num_channels=1, num_labels=5), patch=dict(patch_size=8, num_labels=5), classes=dict(num_labels=7),
                       oblong=dict(image_size=[16, 24], num_labels=5), oblong_patch=dict(patch_size=[4, 8], num_labels=5),
                       eps=dict(layer_norm_eps=1e-2, num_labels=5),
                       gelu_new=dict(hidden_act="gelu_new", num_labels=5), ragged=dict(image_size=18, num_labels=5)).items():
    case("vit_" + name, "ViTConfig", "ViTForImageClassification", dict(V, **keys))
case("vit_base", "ViTConfig", "ViTModel", dict(V))
case("vit_two", "ViTConfig", "ViTForImageClassification", dict(V, num_labels=2))
case("vit_fp16", "ViTConfig", "ViTForImageClassification", dict(V, num_labels=5), half=torch.float16)

KEPT = """gpt2_upcast neo_types_only gptj_tied neox_serial
opt_plainnorm_post bloom_heads6 falcon_rw llama_yarn_mscale llama_longrope_factor
llama_dynamic_batch llama_base llama_partial mistral_window mixtral_top1 qwen2_old_window qwen3moe_window
gemma2_absent gemma3_old phi_tied phi3_old_su stablelm_qk_parallel granite_multipliers bert_untied
roberta_pad distilbert_sinus modernbert_biases vit_oblong""".split()
NARROW = dict(hidden_size={32: 16}, n_embd={32: 16}, dim={32: 16}, num_attention_heads={4: 2}, n_head={4: 2},
              num_heads={4: 2}, n_heads={4: 2}, num_key_value_heads={2: 1}, intermediate_size={48: 20}, num_hidden_layers={4: 2, 3: 2}, image_size={}, ffn_dim={48: 20},
              hidden_dim={48: 20}, n_inner={40: 20}, moe_intermediate_size={24: 12}, word_embed_proj_dim={16: 8},
              vocab_size={97: 41}, num_kv_heads={2: 1})


def narrow(keys):
    return {k: NARROW[k].get(v, v) if k in NARROW and isinstance(v, int) else v for k, v in keys.items()}


# ---------------------------------------------------------------- writing one

def lively(model, seed):
    """Weights of a large spread; norms near 1 (or 0 where 1 is added), biases not 0."""
    g = torch.Generator().manual_seed(seed)
    norms = {id(p) for m in model.modules() if "Norm" in type(m).__name__ for p in m.parameters(recurse=False)}
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            noise = torch.randn(p.shape, generator=g)
            if id(p) in norms and name.endswith("weight"):
                p.copy_((0 if "gemma" in type(model).__name__.lower() else 1) + 0.2 * noise)
            elif id(p) in norms:
                p.copy_(0.2 * noise)
            elif name.endswith("bias"):
                p.copy_(0.1 * noise)
            else:
                p.copy_(0.25 * noise)


def texts(config, seed):
    g = torch.Generator().manual_seed(seed)
    pad = getattr(config, "pad_token_id", None)
    pad = 0 if pad is None or pad >= 97 else pad
    ids = torch.randint(5, config.vocab_size, (4, 9), generator=g)
    mask = torch.ones(4, 9, dtype=torch.long)
    encoder = config.model_type in ("bert", "roberta", "distilbert", "modernbert")
    mask[1, 6:] = 0
    if not encoder:
        mask[1] = mask[1].flip(0)
    mask[3, 4:] = 0
    ids[mask == 0] = pad
    inputs = dict(input_ids=ids, attention_mask=mask)
    return inputs


def blocks_of(model):
    lists = [m for n, m in model.named_modules() if isinstance(m, torch.nn.ModuleList)
             and len(m) == model.config.num_hidden_layers]
    return lists[0]


def first(x):
    return x[0] if isinstance(x, tuple) else x


def reference(model, seed):
    config = model.config
    if config.model_type == "vit":
        size = config.image_size if isinstance(config.image_size, (list, tuple)) else [config.image_size] * 2
        g = torch.Generator().manual_seed(seed)
        inputs = dict(pixel_values=torch.randn(2, config.num_channels, *size, generator=g))
        extra = {}
    else:
        inputs = texts(config, seed)
        positions = (inputs["attention_mask"].cumsum(1) - 1).clamp(min=0)
        extra = {} if config.model_type in BY_MASK else dict(position_ids=positions)
    out, taps = {}, {}

    def keep(name, retain=False):
        def hook(module, args, result):
            value = first(result)
            if retain and value.requires_grad:
                value.retain_grad()
                taps[name] = value
            out[name] = value.detach()  # no copy: what a block adds in place later is seen, as it always was
        return hook

    handles = []
    rows = config.model_type in ("bert", "roberta")
    for l, block in enumerate(blocks_of(model)):
        handles.append(block.register_forward_hook(keep(f"resid_post.{l}", True)))
        for name, child in block.named_children():
            if name in ATTN:
                handles.append(child.register_forward_hook(keep(f"attn_raw.{l}")))
            if name in MLP and not rows:
                handles.append(child.register_forward_hook(keep(f"mlp_raw.{l}")))
    result = model(**inputs, **extra, output_hidden_states=True, output_attentions=True)
    logits = getattr(result, "logits", None)
    logits = getattr(result, "prediction_logits", None) if logits is None else logits
    if config.architectures and "Classification" in config.architectures[0] and config.model_type != "vit":
        logits = None
    if config.architectures and "NextSentence" in config.architectures[0]:
        logits = None
    if logits is not None:
        if "pixel_values" in inputs:
            scalar = sum(logits[r, (r + 3) % logits.shape[1]] for r in range(logits.shape[0]))
        else:
            last = [int(m.nonzero().max()) for m in inputs["attention_mask"]]
            scalar = sum(logits[r, last[r], r + 3] for r in range(4))
        if "pixel_values" not in inputs or logits.shape[1] > 4:
            scalar.backward()
            for name, value in taps.items():
                out["grad." + name] = value.grad.clone()
        out["logits"] = logits.detach().clone()
    for h in handles:
        h.remove()
    for i, h in enumerate(result.hidden_states):
        out[f"hidden.{i}"] = h.detach().clone()
    for l, a in enumerate(result.attentions):
        out[f"pattern.{l}"] = a.detach().clone()
    return {k: v.contiguous().clone() for k, v in {**inputs, **out}.items()}


def older(config, kind):
    """`rope_parameters` of transformers 5 as `rope_theta` and `rope_scaling` of before."""
    r = config.pop("rope_parameters")
    if kind in ("gemma3", "modernbert"):
        far, near = r["full_attention"], r["sliding_attention"]
        names = dict(gemma3=("rope_theta", "rope_local_base_freq"), modernbert=("global_rope_theta", "local_rope_theta"))
        config[names[kind][0]], config[names[kind][1]] = far["rope_theta"], near["rope_theta"]
        r = dict(far)
        if kind == "modernbert":
            config["global_attn_every_n_layers"] = 2
        else:
            config["sliding_window_pattern"] = 2
            config.pop("_sliding_window_pattern", None)
        r.pop("rope_theta")
    else:
        config["rotary_emb_base" if kind == "neox" else "rope_theta"] = r.pop("rope_theta")
        if "partial_rotary_factor" in r:
            config["rotary_pct" if kind == "neox" else "partial_rotary_factor"] = r.pop("partial_rotary_factor")
    if r["rope_type"] == "default":
        config["rope_scaling"] = None
        return
    if kind == "type" or kind == "su":
        r["type"] = r.pop("rope_type")
    if kind == "su":
        r["type"] = "su"
    config["rope_scaling"] = r


def write(root, name, config_class, model_class, keys, options):
    folder = os.path.join(root, name)
    shutil.rmtree(folder, ignore_errors=True)
    seed = options.get("seed", 1)
    torch.manual_seed(seed)
    config = getattr(transformers, config_class)(**{**keys, "attn_implementation": "eager"})
    model = getattr(transformers, model_class)(config).eval()
    lively(model, seed * 1000 + zlib.crc32(name.encode()) % 1000)
    if "half" in options:
        model = model.to(options["half"])
    more = {"max_shard_size": options["shards"]} if "shards" in options else {}
    model.save_pretrained(folder, **more)
    path = os.path.join(folder, "config.json")
    saved = json.load(open(path))
    for key in options.get("drop", []):
        saved.pop(key, None)
    saved.update(options.get("add", {}))
    if options.get("old"):
        older(saved, options["old"])
    if options.get("minimal"):
        plain = getattr(transformers, config_class)().to_dict()
        saved = {k: v for k, v in saved.items() if k == "model_type" or k == "architectures" or plain.get(k, ...) != v}
    json.dump(saved, open(path, "w"), indent=1)
    again = getattr(transformers, model_class).from_pretrained(folder, attn_implementation="eager", dtype=torch.float32)
    tensors = reference(again.eval(), seed + 50)
    if "spare" in options:  # hidden states say the same, and one gradient goes through all that follows
        for l in range(model.config.num_hidden_layers):
            tensors.pop(f"resid_post.{l}", None) if l + 1 < model.config.num_hidden_layers else None
            tensors.pop(f"grad.resid_post.{l}", None) if l > 0 else None
    save_file(tensors, os.path.join(folder, "reference.safetensors"))


SIZES = """vocab_size hidden_size n_embd dim num_hidden_layers n_layer n_layers num_layers num_attention_heads n_head
n_heads num_heads intermediate_size hidden_dim ffn_dim max_position_embeddings n_positions num_local_experts num_experts
num_experts_per_tok moe_intermediate_size""".split()
SILENT = ("drop", "use_cache", "summary", "router_", "sparse_", "classifier_pool", "deterministic", "jitter", "bos_token",
          "eos_token", "cls_token", "sep_token", "encoder_stride", "pooler", "pretraining_tp", "upcast")


def defaults():
    """What the reference takes where a key is absent, but for sizes: src/main/resources/…/model/defaults.json."""
    import dataclasses
    out = {}
    for config in sorted({c for _, c, _, _, _ in CASES}):
        kind = getattr(transformers, config)
        own = {f.name: f.default for f in dataclasses.fields(kind)
               if f.name in kind.__annotations__ and isinstance(f.default, (int, float, str))
               and f.name not in SIZES and not any(w in f.name for w in SILENT)}
        if not isinstance(kind.default_theta, dict) and kind.default_theta != 10000:
            own["rope_theta"] = kind.default_theta
        out[kind.model_type] = own
    lines = (f" {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(out.items()))
    print("{", ",\n".join(lines), "}", sep="\n")


def main():
    if sys.argv[1:] == ["--defaults"]:
        return defaults()
    kept = sys.argv[1] == "--kept"
    if kept:
        del sys.argv[1]
    root, wanted = sys.argv[1], sys.argv[2:]
    os.makedirs(root, exist_ok=True)
    torch.set_num_threads(1)
    done = 0
    for name, config, model, keys, options in CASES:
        if wanted and not any(name.startswith(w) for w in wanted) or kept and name not in KEPT:
            continue
        if kept:
            keys, options = narrow(keys), {"half": torch.float16, "spare": True, **options}
        try:
            write(root, name, config, model, keys, options)
            done += 1
        except Exception as e:  # transformers refuses some combinations
            print(f"{name}: not written: {type(e).__name__}: {str(e)[:300]}")
            shutil.rmtree(os.path.join(root, name), ignore_errors=True)
    print(f"{done} cases written")


if __name__ == "__main__":
    main()
