"""Small SentencePiece models and their ids of odd texts, for GgufTokenizerTest: python bench/sentencepiece_cases.py

Writes src/test/resources/gguf/pieces.json. Needs the sentencepiece package, whose own library gives the ids.
With a prefixed blank, texts with a token of the user's own are left out: llama.cpp and the fast tokenizers prefix what follows it too, this library does not.
"""
import json, os, random, tempfile
import sentencepiece as spm

HERE = os.path.dirname(os.path.abspath(__file__))
TEXTS = [
    "Hello world", " Hello", "  Hello  world ", "the quick brown fox", "The city of Paris is in France.", "a\nb\n\n\nc", "tabs\tand  runs   of    blanks",
    "naïve café", "日本語 text", "emoji 😀 here", "1234567890", "don't", "aaaaaaaaaaaa", "x", " ", "", "UPPER lower MiXeD", "¿qué?", "city cities citywide",
    "<b>bold</b>", "one<b>two", "the the the the", "inininining", "▁", "Łódź is in Poland", "\u00a0nbsp",
]
WORDS = ("the city of is in not a France Poland Paris Rome Italy London cities world hello quick brown fox over lazy dog and runs of text lower upper bold don't word words "
         "sing singing ring bring thing string theory there then they other another mother cafe naive one two three").split()


def corpus(path):
    rng = random.Random(0)
    with open(path, "w") as out:
        for _ in range(4000):
            words = [rng.choice(WORDS) for _ in range(rng.randint(3, 12))]
            out.write(" ".join(w.capitalize() if rng.random() < 0.2 else w for w in words) + rng.choice(".?! ") + str(rng.randint(0, 3000)) + "\n")


def case(folder, text, kind, prefix):
    name = os.path.join(folder, kind + str(prefix))
    spm.SentencePieceTrainer.Train(input=text, model_prefix=name, model_type=kind, vocab_size=420 if kind == "bpe" else 380, byte_fallback=True, character_coverage=1.0, normalization_rule_name="identity",
                                   add_dummy_prefix=prefix, remove_extra_whitespaces=False, user_defined_symbols=["<b>", "▁▁", "▁▁▁"] if not prefix else ["<b>"], minloglevel=2)
    p = spm.SentencePieceProcessor(model_file=name + ".model")
    types = [2 if p.is_unknown(i) else 3 if p.is_control(i) else 5 if p.is_unused(i) else 6 if p.is_byte(i) else 4 if p.id_to_piece(i) in ("<b>", "▁▁", "▁▁▁") else 1 for i in range(p.vocab_size())]
    return {"kind": {"bpe": "llama", "unigram": "t5"}[kind], "add_space_prefix": prefix, "tokens": [p.id_to_piece(i) for i in range(p.vocab_size())], "scores": [p.get_score(i) for i in range(p.vocab_size())], "types": types,
            "cases": [{"text": t, "ids": p.encode(t), "decoded": p.decode(p.encode(t))} for t in TEXTS if not (prefix and "<b>" in t)]}


with tempfile.TemporaryDirectory() as folder:
    text = os.path.join(folder, "corpus.txt")
    corpus(text)
    out = [case(folder, text, kind, prefix) for kind, prefix in (("bpe", True), ("bpe", False), ("unigram", True))]
with open(os.path.join(HERE, "..", "src", "test", "resources", "gguf", "pieces.json"), "w") as f:
    json.dump({"sentencepiece": spm.__version__, "models": out}, f, ensure_ascii=False, indent=0)
