#!/bin/sh
# Runs what runs kmod/ on the host, built with gcc's --coverage, and says which of its lines and branches that ran through:
#
#     sh tests/coverage.sh        all of it, and the bar; `make coverage` builds first
#     sh tests/coverage.sh FILE   the same; afterwards FILE, kmod/walk.c say, as gcov shows it
#
# The exit status is 1 when the bar is missed, or a program fails.
set -u
cd "$(dirname "$0")/.." || exit 2
LC_ALL=C
export LC_ALL
: "${BUILD:=build}" "${GCOV:=gcov}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
built=$BUILD/coverage

# The bar. What cannot be covered is listed in tests/coverage.exceptions.
LINES=100
BRANCHES=95
RANDOM_ONES=300 # inputs for each target of the fuzzer, besides its corpus

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'kill ${child-} 2>/dev/null; exit 143' INT TERM HUP
failed=0

# measure PROGRAM ARGUMENT...
measure() {
    echo "  run     $1" >&2
    program=$built/$1
    shift
    "$program" "$@" >"$work/output" 2>&1 &
    child=$!
    wait $child && return
    failed=1
    echo "coverage.sh: failed: $program $*"
    grep -v '^ok' "$work/output" | tail -n 20
}

find "$built" -name '*.gcda' -exec rm -f {} +
for source in tests/unit/*.c; do
    measure "${source%.c}"
done
measure tests/seed/seed tests/seed found
measure tests/seed/seed tests/seed nothing
measure tests/seed/trash tests/seed 20 1

# Every form of every opcode, 13 bytes each; tests/decoder.sh compares what is said of them with objdump.
echo "  run     tests/decoder/list" >&2
"$built/tests/decoder/list" forms >"$work/image" &&
    awk -v size="$(wc -c <"$work/image")" 'BEGIN { for (at = 0; at < size; at += 13) printf "%x\n", 1048576 + at }' |
    "$built/tests/decoder/list" instructions "$work/image" 100000 >"$work/output" || failed=1

for source in tests/fuzz/*.c; do
    target=$(basename "$source" .c)
    if [ -d "tests/fuzz/corpus/$target" ]; then
        measure "tests/fuzz/$target" run "tests/fuzz/corpus/$target"
        measure "tests/fuzz/$target" random $RANDOM_ONES 1
    fi
done

# One at a time: a header's lines are in many objects, and gcov writes one file for each.
for source in kmod/*.c; do
    name=$(basename "$source" .c)
    mkdir "$work/$name"
    ln -s "$PWD/kmod" "$work/$name/kmod"
    (cd "$work/$name" && "$GCOV" -b -c "$built/kmod/$name.gcno" >"$work/output" 2>&1) || {
        cat "$work/output"
        exit 2
    }
done
awk -v LINES=$LINES -v BRANCHES=$BRANCHES -f tests/coverage.awk tests/coverage.exceptions "$work"/*/*.gcov || failed=1
[ $# -eq 0 ] || cat "$work/$(basename "$1" .c)/$(basename "$1").gcov"
exit $failed
