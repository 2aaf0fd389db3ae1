"""A BERT folder as a GGUF file in the layout of llama.cpp's converter (conversion/bert.py), written by that project's own package: FOLDER OUT

    pip install gguf safetensors
    python bench/gguf_bert.py src/test/resources/configurations/bert_untied src/test/resources/gguf/bert.gguf

The vocabulary is made up. What stands around a text is told as the package's SpecialVocab reads it out of BERT's tokenizer.json:
a first mark, a last one, and no second mark between two texts.
"""
import json, sys

import gguf
import numpy as np
from safetensors.numpy import load_file

folder, out = sys.argv[1:]
config = json.load(open(folder + "/config.json"))
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]"]
words = special + [("##" if i % 3 == 0 else "") + "t%d" % i for i in range(len(special), config["vocab_size"])]


def phantom(token):
    return token if token.startswith("[") and token.endswith("]") else token[2:] if token.startswith("##") else "\u2581" + token


w = gguf.GGUFWriter(out, "bert")
w.add_type(gguf.GGUFType.MODEL)
w.add_block_count(config["num_hidden_layers"])
w.add_context_length(config["max_position_embeddings"])
w.add_embedding_length(config["hidden_size"])
w.add_feed_forward_length(config["intermediate_size"])
w.add_head_count(config["num_attention_heads"])
w.add_layer_norm_eps(config["layer_norm_eps"])
w.add_file_type(gguf.LlamaFileType.ALL_F32)
w.add_causal_attention(False)
w.add_pooling_type(gguf.PoolingType.MEAN)
w.add_token_type_count(config["type_vocab_size"])
w.add_tokenizer_model("bert")
w.add_tokenizer_pre("default")
w.add_token_list([phantom(word) for word in words])
w.add_token_types([gguf.TokenType.CONTROL if word in special[:5] else gguf.TokenType.NORMAL for word in words])
for add, word in ((w.add_bos_token_id, "[CLS]"), (w.add_eos_token_id, "[SEP]"), (w.add_unk_token_id, "[UNK]"), (w.add_sep_token_id, "[SEP]"), (w.add_pad_token_id, "[PAD]"), (w.add_mask_token_id, "[MASK]")):
    add(words.index(word))
w.add_add_bos_token(True)
w.add_add_eos_token(True)
w.add_add_sep_token(False)
w.add_quantization_version(gguf.GGML_QUANT_VERSION)
names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
for name, numbers in load_file(folder + "/model.safetensors").items():
    own = name.removeprefix("bert.")
    if not own.startswith(("cls.", "pooler.")) and own != "embeddings.position_ids":
        w.add_tensor(names.get_name(own, try_suffixes=(".weight", ".bias")), np.ascontiguousarray(numbers))
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
