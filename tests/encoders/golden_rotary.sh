#!/bin/sh
# golden_rotary.sh -- golden-rotary.txt is what golden-rotary.py says, up to the last digits of this libm.
cd "$(dirname "$0")/../.." || exit 1
if [ ! -x /usr/bin/python3 ]; then
    echo 'skip golden values of the rotary encoders: no python3'
    exit 0
fi
/usr/bin/python3 -c '
import math, subprocess, sys
folder = "tests/encoders/"
told = subprocess.run([sys.executable, folder + "golden-rotary.py"], capture_output=True, text=True, check=True).stdout
kept = open(folder + "golden-rotary.txt").read()
told, kept = ([line.split("\t") for line in text.splitlines()] for text in (told, kept))

def same(a, b):
    try:
        return a == b or math.isclose(float(a), float(b), rel_tol=1e-12, abs_tol=1e-12)
    except ValueError:
        return False

for number, (a, b) in enumerate(zip(told, kept), 1):
    if len(a) != len(b) or not all(map(same, a, b)):
        sys.exit("not ok golden values of the rotary encoders: line %d differs" % number)
if len(told) != len(kept):
    sys.exit("not ok golden values of the rotary encoders: %d lines, not %d" % (len(kept), len(told)))
print("ok golden values of the rotary encoders")' 2>&1
