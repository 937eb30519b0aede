#!/bin/sh
# info.sh -- lexbench info: what it says is so.
. "$(dirname "$0")/lib.inc"

said() { grep -qE -- "$1" "$work/stdout"; }

expect 'info' 0 '' "$lexbench" info
for fact in version commit compiler flags precision threads products results figures 'built-in text' \
    processor 'instruction set' processors 'threads in use' memory available; do
    check "info: $fact" 'it is not there' said "^    $fact  *[^ ]"
done
version=$(sed -n 's/^VERSION := //p' Makefile)
check 'info: the version of the Makefile' "it is not $version" said "^    version  *$version\$"
check 'info: the HDF5 that there is' 'no version' said '^    results  *HDF5 [0-9]+\.[0-9]+\.[0-9]+$'
if command -v gnuplot >/dev/null 2>&1; then
    check 'info: the gnuplot that there is' 'another' said "^    figures  *$(gnuplot --version)\$"
fi
expect 'info without gnuplot' 0 '' env PATH="$work" "$lexbench" info
check 'info without gnuplot: said' 'it is not' said '^    figures  *not found'
expect 'info with one thread' 0 '' env OMP_NUM_THREADS=1 "$lexbench" info
check 'info with one thread: one' 'it is not' said '^    threads in use  *1$'

if [ -x /usr/bin/python3 ]; then
    check 'info --json' 'it is not what the machine says' sh -c "'$lexbench' info --json |
        /usr/bin/python3 -c '
import json, os, sys
info = json.load(sys.stdin)
assert info[\"version\"] == \"$version\" and info[\"hdf5\"].startswith(\"HDF5 \")
assert info[\"processors\"] == os.cpu_count()
assert info[\"memory_bytes\"] == os.sysconf(\"SC_PHYS_PAGES\") * os.sysconf(\"SC_PAGESIZE\")
assert info[\"built_in_text\"] is None or os.path.exists(info[\"built_in_text\"])
assert info[\"instruction_set\"] in (\"plain\", \"avx2\", \"avx512\")
assert info[\"processor\"].strip() == info[\"processor\"] != \"\"'"
    # CITATION.cff is what a citation manager reads; its version must not lag behind.
    check 'CITATION.cff' 'it is not right' /usr/bin/python3 - "$version" <<'END'
import re, sys
lines = open("CITATION.cff", encoding="utf-8").read().split("\n")
top = dict(line.split(": ", 1) for line in lines if re.match(r"[a-z-]+: ", line))
assert top["cff-version"] == "1.2.0" and top["title"] == "lexbench" and top["type"] == "software"
assert top["version"] == sys.argv[1] and top["license"] == "MIT" and top["message"]
assert "authors:" in lines and "  - name: The lexbench developers" in lines
assert not any(re.search(r": .*: ", line) or "\t" in line for line in lines)
END
else
    echo 'skip info --json: no python3'
fi

finish
