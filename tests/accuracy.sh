#!/bin/sh
# test: the rows of reports of random crashes are the frames that gdb finds, for each build kind (a short make accuracy)
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}" "${CC:=gcc}" "${QEMU:=qemu-system-i386}"
unset MAKEFLAGS MAKELEVEL

if ! command -v gdb >/dev/null; then
    echo '1..0 # SKIP there is no gdb'
    exit
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'kill ${child-} 2>/dev/null; exit 143' INT TERM HUP

make -s BUILD="$BUILD" CC="$CC" QEMU="$QEMU" SHORT=1 "${SUITE:-accuracy}" >"$work/said" 2>&1 &
child=$!
wait $child
status=$?
missing=
for compiler in gcc clang; do
    command -v $compiler >/dev/null || missing="$missing $compiler"
done
awk -v status=$status -v missing="$missing" '
    / (met|missed by [0-9]+)$/ {
        count++
        printf "%s %d - %s: ", ($NF == "met" ? "ok" : "not ok"), count, $1
        printf "%d frames, %s right, %d wrong, %d of these without a mark\n", $3, $4, $6, $7
        next
    }
    NF && !/^ *programs / { print "# " $0 }
    END {
        if (!count)
            print "not ok " ++count " - status " status
        for (i = split(missing, compiler, " "); i > 0; i--)
            print "ok " ++count " - " compiler[i] " # SKIP there is no " compiler[i]
        print "1.." count
        exit status != 0
    }' "$work/said"
