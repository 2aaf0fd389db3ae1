#!/bin/sh
# Parts of speech token by token, UD English EWT: .90 and more at the best layer, with the word table, the control task and the untrained network beside it.
#   examples/parts-of-speech.sh ud-english-ewt OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
exec "$sonde" tokens --model bert-base-uncased --conllu "$1/en_ewt-ud-dev.conllu" --held "$1/en_ewt-ud-test.conllu" --task pos --out "$2"
