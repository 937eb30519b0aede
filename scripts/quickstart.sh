#!/bin/sh
# quickstart.sh -- from a fresh checkout to a first comparison: installs what is missing, builds,
# trains and evaluates a few encoders (the experiment `quick`), prints tables, draws figures.
# Works from any folder; arguments go on to `lexbench run quick`.  Results lie in runs/quick.
set -eu
cd "$(dirname "$0")/.."

seconds() { date +%s; }
begun=$(seconds)

sh scripts/install-deps.sh
make -s -j"$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)"
built=$(seconds)
echo "quickstart: ready after $((built - begun)) s; now: build/lexbench run quick $*" >&2

status=0
build/lexbench run quick "$@" || status=$?
ended=$(seconds)
echo "quickstart: the experiment took $((ended - built)) s, everything $((ended - begun)) s" >&2
exit "$status"
