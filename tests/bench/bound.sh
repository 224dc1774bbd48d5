#!/bin/sh
# test: no report takes more instructions than its limits allow, whatever is on the stack
#
#     sh bound.sh            the test
#     sh bound.sh --figures  prints report.instructions_bound N, of any report of a stack of 1 MiB, and
#                            report.instructions_worst N, of the worst input of bound.c
#
# The bound is worked out from the limits in kmod/ as report.h describes it. What one unit of each costs is measured,
# with a margin: an instruction decoded (memory.h: work) and what is done with it, a row of the usual case, and so on.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
PASSED=39 # EXIT_PASSED of boot/kernel.h

# limit FILE NAME: what the header or source says, in decimal.
limit() {
    value=$(sed -n "s/^#define $2 \\(0x[0-9a-f]*\\|[0-9]*\\).*/\\1/p" "kmod/$1")
    echo $((${value:?$2 is not in kmod/$1}))
}

STACK=1048576 # bytes
WORK=320      # instructions for 1 of work
ROW=150       # for a row of the usual case
BYTE=8        # for a byte's CRC
ENTRY=20000   # for a registered stack or module, at all the times that the lists are looked through
LINE=12000
LINES=400
REST=2000000  # the headline, the verdict, the other parts

# bound TRIES ENTRIES TABLES: of a report with so many tries, entries of the lists, and bytes of symbol tables.
bound() {
    walk=$((2 * $(limit walk.h WALK_WORK_MOST) * WORK + $(limit walk.h WALK_ROWS_MOST) * ROW)) # WALK_WORK_LATER
    overrun=$((walk + $(limit overrun.c ROWS_MOST) * ROW))
    fold=$(($(limit fold.c WORK) * WORK))
    costly=$(($(limit costly.h COSTLY_WORK_MOST) * WORK))
    anatomy=$((($(limit prologue.c BODY_LONGEST) + $(limit prologue.c PROLOGUE_LONGEST) +
        $(limit flow.c STEPS_FROM_START) + $(limit flow.c STEPS_OF_CALLEES)) * $(limit biggest.h BIGGEST_COUNT) * WORK))
    echo $(((6 * $1 + 4) * walk + overrun + ($1 + 2) * fold + costly + 2 * anatomy + 2 * LINES * LINE +
        ($1 + 1) * STACK * BYTE + 2 * $3 * BYTE + $2 * ENTRY + REST))
}

tries=$(sed -n 's/^#define TRIES_MOST \([0-9]*\).*/\1/p' kmod/report.c)
any=$(bound "${tries:-1}" 0 0)
timeout -k 1 600 "$QEMU" -kernel "$BUILD/kernels/bound.elf" -m 64 -nodefaults -display none -no-reboot -serial stdio \
    -device isa-debug-exit,iobase=0xf4,iosize=4 -icount shift=0,sleep=off </dev/null 2>&1 | tr -d '\r' >"$work/log"
if [ "${1-}" = --figures ]; then
    awk -v any="$any" '$1 ~ /\.instructions$/ && $2 > worst { worst = $2 }
        END { printf "report.instructions_bound %s\nreport.instructions_worst %s\n", any, worst }' "$work/log"
    exit
fi

# While nothing overwrites memory meanwhile there are two tries.
while read -r name number; do
    case $name in
    *.instructions) ;;
    *) continue ;;
    esac
    input=${name#bound.}
    input=${input%.instructions}
    case $input in
    modules | stacks) entries=8000 ;;
    *) entries=0 ;;
    esac
    most=$(bound 2 $entries 2621440)
    echo "$number instructions; the bound is $most" >"$work/figures"
    [ "$number" -le "$most" ] && [ "$number" -gt 1000000 ]
    tell $? "$input: $number instructions" "$work/figures"
done <"$work/log"
grep -c '\.instructions ' "$work/log" >"$work/count"
grep -c '^    {"' tests/bench/bound.c >"$work/expected"
cmp -s "$work/count" "$work/expected"
tell $? 'every input was reported on' "$work/log"
plan
