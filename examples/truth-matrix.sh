#!/bin/sh
# Which truth does a truth probe read? Trained on one set of statements, asked about every other: a direction learnt on cities alone fails on their
# negations and recovers when they are added.
#   examples/truth-matrix.sh truth-is-universal/datasets OUT
set -eu
sonde=${SONDE:-$(dirname "$0")/../sonde}
d=$1
exec "$sonde" matrix --model bert-base-uncased --position last --points resid_post.6,resid_post.8,resid_post.10 --group city --union cities+neg_cities \
  --data "$d/cities.csv,$d/neg_cities.csv,$d/sp_en_trans.csv,$d/larger_than.csv,$d/smaller_than.csv,$d/element_symb.csv,$d/animal_class.csv,$d/inventors.csv,$d/facts.csv,$d/cities_conj.csv,$d/cities_disj.csv,$d/sp_en_trans_conj.csv,$d/sp_en_trans_disj.csv,$d/element_symb_conj.csv,$d/element_symb_disj.csv,$d/animal_class_conj.csv,$d/animal_class_disj.csv,$d/inventors_conj.csv,$d/inventors_disj.csv,$d/facts_conj.csv,$d/facts_disj.csv" \
  --out "$2"
