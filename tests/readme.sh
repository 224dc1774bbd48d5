#!/bin/sh
# test: the report in the README is one that the demo gives: line by line, but for the numbers
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}" "${CC:=gcc}"

# Frames of other sizes come in another order.
if [ "$CC" != gcc ]; then
    echo "1..0 # SKIP the README's demo was built with gcc"
    exit 0
fi

# Numbers, and sums at the ends of lines, become #; runs of blanks one.
masked() {
    tr -d '\r' | sed -E 's/(======== ).{3}$/\1#/; s/\b(0x)?[0-9a-f]+\b/#/g; s/\b[0-9]+\b/#/g; s/ +/ /g; s/^ //; /^$/d'
}

QEMU=$QEMU attend sh tests/boot.sh "$BUILD/kernels/demo.elf" >"$work/log" 2>"$work/errors"
tell $? 'there is a report' "$work/errors"
masked <"$work/log" >"$work/is"
sed -n '/^    \$ make run/,/^    ======== end of report/s/^    //p' README.md | sed 1d | masked >"$work/shown"
[ "$(grep -c '' "$work/shown")" -gt 40 ]
tell $? 'the README has one'

# What the README leaves out parts its report into blocks; each comes after the one before, its lines one by one.
awk '
    function place(    start, i) {
        for (start = found + 1; start + wanted - 1 <= lines; start++) {
            for (i = 1; i <= wanted && line[start + i - 1] == block[i]; i++)
                ;
            if (i > wanted) {
                found = start + wanted - 1
                wanted = 0
                return
            }
        }
        print "these lines of the README'"'"'s report are not there:"
        for (i = 1; i <= wanted; i++)
            print "  " block[i]
        failed = 1
        exit 1
    }
    FNR == NR { line[++lines] = $0; next }
    $0 == "..." { place(); next }
    { block[++wanted] = $0 }
    END { if (wanted && !failed) place() }' "$work/is" "$work/shown" >"$work/difference"
tell $? 'line by line' "$work/difference"
plan
