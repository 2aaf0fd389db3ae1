#!/bin/sh
# On which of five continents does a landmark lie, by its name alone? A multinomial probe; beside it what the letters of the name give away.
#   examples/relations.sh landmark_on_continent.json OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
mkdir -p "$2"
awk -F'"' 'BEGIN { print "name\tcontinent" } $2 == "subject" { name = $4 } $2 == "object" { print name "\t" $4 }' "$1" > "$2/landmarks.tsv"
exec "$sonde" probe --model bert-base-uncased --data "$2/landmarks.tsv" --text name --label continent --group name \
  --position mean --points resid_post --permutations 200 --out "$2/run"
