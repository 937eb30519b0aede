#!/bin/sh
# kill.sh -- tests/kill.sh with 200 kills.
exec sh "$(dirname "$0")/../kill.sh" 200
