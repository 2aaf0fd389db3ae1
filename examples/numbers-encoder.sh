#!/bin/sh
# Which of two numbers is larger, over the mean of an encoder's tokens, with both orders of a pair held out together: chance for static
# token embeddings, .95 and more at the best layer; and surface baselines that come close, which the report says.
#   examples/numbers-encoder.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
mkdir -p "$2"
awk -F, 'NR == 1 { print $0 ",pair"; next } { print $0 "," ($3 + 0 < $4 + 0 ? $3 "-" $4 : $4 "-" $3) }' "$1/larger_than.csv" > "$2/pairs.csv"
exec "$sonde" probe --model bert-base-uncased --data "$2/pairs.csv" --text statement --label label --group pair \
  --position mean --points embed,resid_post --out "$2"
