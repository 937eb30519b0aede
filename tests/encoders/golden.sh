#!/bin/sh
# golden.sh -- every golden-*.txt is what the script of its name prints, up to the last digits of this libm.
cd "$(dirname "$0")/../.." || exit 1
for script in tests/encoders/golden-*.py; do
    name=$(basename "$script" .py)
    if ! python3 -c '' 2>/dev/null; then
        echo "skip $name: python3 is not installed"
        continue
    fi
    python3 - "$script" <<'END' || exit 1
import math, pathlib, subprocess, sys

script = pathlib.Path(sys.argv[1])
told = subprocess.run([sys.executable, script], capture_output=True, text=True)
kept = [line.split("\t") for line in script.with_suffix(".txt").read_text().splitlines()]


def same(a, b):
    try:
        return a == b or math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-12)
    except ValueError:
        return False


def differs(told):
    if len(told) != len(kept):
        return "%d lines instead of %d" % (len(kept), len(told))
    for number, (a, b) in enumerate(zip(told, kept), 1):
        if len(a) != len(b) or not all(map(same, a, b)):
            return "line %d is not what the script prints" % number
    return None


why = "the script fails: " + told.stderr.strip()[-200:].replace("\n", " ") if told.returncode else \
    differs([line.split("\t") for line in told.stdout.splitlines()])
print("not ok %s: %s; its head says how to make the file" % (script.stem, why) if why else "ok " + script.stem)
END
done
