#!/bin/sh
# format.sh -- every file of C is as clang-format lays it out.  Versions differ, so only that of .clang-format counts.
. "$(dirname "$0")/../commands/lib.inc"
version=14
for name in "clang-format-$version" clang-format; do
    case $("$name" --version 2>/dev/null) in
    *"version $version."*) formatter=$name ;;
    esac
done
if [ -z "${formatter-}" ] || ! git rev-parse --git-dir >/dev/null 2>&1; then
    echo "skip format: needs clang-format $version and a checkout of git"
    finish
fi
git ls-files -z -- '*.c' '*.h' | xargs -0 "$formatter" --dry-run -Werror >"$work/said" 2>&1
check 'every file is formatted' "$(sed -n 's/: error: .*//p' "$work/said" | head -n 3 | tr '\n' ' ')" \
    test ! -s "$work/said"
printf 'int  a;\n' >"$work/wrong.c"
cp .clang-format "$work"
check 'what is not is found' 'it is not' sh -c "! '$formatter' --dry-run -Werror '$work/wrong.c'"
finish
