#!/bin/sh
# The same network on what Spanish words mean: .76 and more at the best layer.
#   examples/translations-decoder.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" probe --model "${MODEL:-HuggingFaceTB/SmolLM2-135M-Instruct}" --data "$1/sp_en_trans.csv" --text statement --label label \
  --position last --points embed,resid_post --out "$2"
