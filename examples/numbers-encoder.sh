#!/bin/sh
# Which of two numbers is larger, over the mean of an encoder's tokens, with pairs held out: near or below chance at layer 0, .95 and more at the best.
#   examples/numbers-encoder.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" probe --model bert-base-uncased --data "$1/larger_than.csv" --text statement --label label --group n1+n2 \
  --position mean --points embed,resid_post --out "$2"
