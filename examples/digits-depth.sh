#!/bin/sh
# Image classifiers layer by layer (Alain & Bengio 2016): the digit, ink, width and height by a linear probe of every tensor; in a network that was trained on
# spoiled labels, where the label given takes over from the true one, and how long its backdoor's corner stays visible.
#   examples/digits-depth.sh digits-cnn OUT
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
classpath=${SONDE_CLASSPATH:-$here/../target/sonde.jar:$here/../target/lib/*}
. "$here/../.mvn/find-jdk.sh"
sonde_find_jdk
[ -n "${SONDE_CLASSPATH:-}" ] || "$here/../sonde" --version > /dev/null
exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -cp "$classpath" "$here/DigitsDepth.java" "$1" "$2"
