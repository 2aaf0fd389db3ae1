#!/bin/sh
# Does a small decoder know which country a city lies in, at the last token and with whole cities held out?
# Chance at the embeddings, .84 and more at the best layer.
#   examples/cities-decoder.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" probe --model "${MODEL:-HuggingFaceTB/SmolLM2-135M-Instruct}" --data "$1/cities.csv" --text statement --label label --group city \
  --position last --points embed,resid_post --out "$2"
