#!/bin/sh
# allocations.sh -- tests/commands/allocations.sh for every allocation instead of a sample.
SAMPLE=all exec sh "$(dirname "$0")/../commands/allocations.sh"
