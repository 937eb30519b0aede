#!/bin/sh
# check.sh -- installs what is missing, builds, and runs every test; arguments go to make.
set -eu
cd "$(dirname "$0")/.."
sh scripts/install-deps.sh
exec make check "$@"
