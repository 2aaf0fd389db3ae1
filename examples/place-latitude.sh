#!/bin/sh
# Where on Earth is a place, by its name alone? Ridge regression for the latitude, every sixteenth place of the table, with countries held out and beside it
# with places alone held out: the drop is the country.
#   examples/place-latitude.sh world_place.csv OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
mkdir -p "$2"
awk 'NR == 1 || NR % 16 == 0' "$1" > "$2/places.csv"
"$sonde" probe --model bert-base-uncased --data "$2/places.csv" --text name --label latitude --group country --probe ridge \
  --position mean --points resid_post --permutations 100 --out "$2/by-country"
exec "$sonde" probe --model bert-base-uncased --data "$2/places.csv" --text name --label latitude --group name --probe ridge \
  --position mean --points resid_post --permutations 100 --no-untrained --out "$2/by-name"
