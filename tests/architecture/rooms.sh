#!/bin/sh
# rooms.sh -- nobody includes what the map of suite/README.md forbids, and no files go in a circle.
. "$(dirname "$0")/../commands/lib.inc"
rooms=tests/architecture/rooms.py map=suite/README.md

says() { # NAME PART COMMAND...: the command fails, and says so on standard output
    name=$1 part=$2
    shift 2
    if "$@" >"$work/said" 2>&1; then
        not_ok "$name" 'nothing was found'
    elif grep -qF -- "$part" "$work/said"; then
        ok "$name"
    else
        not_ok "$name" "it does not say \"$part\": $(head -c 300 "$work/said")"
    fi
}

check 'arrows between rooms are those of the map' 'not so' python3 "$rooms" includes "$map" .

# ---- what must be found ----
mkdir -p "$work/tree"
cp -R suite encoders datasets results "$work/tree"
printf '#include "model/model.h"\n' >>"$work/tree/suite/support/text.c"
says 'an arrow that points back is found' 'suite/support/text.c includes suite/model/model.h: support may not include model' \
    python3 "$rooms" includes "$map" "$work/tree"
cp suite/support/text.c "$work/tree/suite/support/text.c"
mkdir "$work/tree/suite/attic"
: >"$work/tree/suite/attic/attic.h"
printf '#include "attic/attic.h"\n' >>"$work/tree/suite/running/job.c"
says 'a room that is not on the map is found' 'suite/attic/attic.h lies in no room' \
    python3 "$rooms" includes "$map" "$work/tree"
cp suite/running/job.c "$work/tree/suite/running/job.c"
printf '#include "support/memory.h"\n' >>"$work/tree/suite/support/status.h"
says 'headers in a circle are found' 'files that include each other: suite/support/memory.h, suite/support/status.h' \
    python3 "$rooms" includes "$map" "$work/tree"
sed 's/^support  .*/support               model/' "$map" >"$work/map.md"
says 'a map that goes in a circle is found' 'the map itself goes in a circle' \
    python3 "$rooms" includes "$work/map.md" .

# ---- circles of calls: of the objects of this build, and one that must be found ----
objects=$(dirname "$lexbench")
if [ ! -e "$objects/liblexbench.a" ] || ! command -v nm >/dev/null 2>&1; then
    echo 'skip circles: there are no objects here, or no nm to read them'
    finish
fi
check 'no files call each other in a circle' 'some do' python3 "$rooms" circles "$objects"
mkdir "$work/objects"
echo 'int two(void); int one(void) { return two(); }' >"$work/one.c"
echo 'int three(void); int two(void) { return three(); }' >"$work/two.c"
echo 'int one(void); int three(void) { return one(); }' >"$work/three.c"
for name in one two three; do
    ${CC:-cc} -c -o "$work/objects/$name.o" "$work/$name.c"
done
says 'a circle of three files is found' 'files that need each other: one.o, three.o, two.o' \
    python3 "$rooms" circles "$work/objects"
finish
