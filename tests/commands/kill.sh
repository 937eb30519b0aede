#!/bin/sh
# kill.sh -- the short form of tests/kill.sh; the long one is tests/long/kill.sh.
exec sh "$(dirname "$0")/../kill.sh" 5
