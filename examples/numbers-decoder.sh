#!/bin/sh
# Which of two numbers is larger, at the last token of a decoder, with the first number held out: .95 and more at the best layer.
#   examples/numbers-decoder.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" probe --model "${MODEL:-HuggingFaceTB/SmolLM2-135M-Instruct}" --data "$1/larger_than.csv" --text statement --label label --group n1 \
  --position last --points embed,resid_post --out "$2"
