#!/bin/sh
# Is the distance of two words in the parse tree a distance of their vectors (Hewitt & Manning 2019)? Undirected attachment above the chain of neighbours
# and above the same network untrained.
#   examples/syntax-distance.sh ud-english-ewt OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" tokens --model bert-base-uncased --conllu "$1/en_ewt-ud-dev.conllu" --held "$1/en_ewt-ud-test.conllu" --task distance \
  --points embed,resid_post.3,resid_post.6,resid_post.7 --sentences 1000 --out "$2"
