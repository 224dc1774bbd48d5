#!/bin/sh
# test: a report's registers and frames are those that QEMU's log and gdb, which knows DWARF, find in the same crash
#
# One boot of each kernel tells all three: QEMU logs each exception with the registers it found, gdb stops the machine
# where the double-fault task begins and unwinds the stack of the task that faulted, then the module writes its report.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
KERNELS='recursion mutual large_frame at_call at_push at_touch at_timer at_page_fault demo'

if ! command -v gdb >/dev/null; then
    echo '1..0 # SKIP there is no gdb'
    exit
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'kill ${debugger-} 2>/dev/null; exit 143' INT TERM HUP
count=0

# agree WHAT EXPECTED REPORTED: two files that have to be the same.
agree() {
    count=$((count + 1))
    if [ -s "$2" ] && cmp -s "$2" "$3"; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        { diff "$2" "$3"; [ -s "$2" ] || tail -n 5 "$work/gdb"; } | head -n 20 | sed 's/^/# /'
    fi
}

# Address and size of a symbol, as nm gives them.
address_of() {
    awk -v name="$1" '$NF == name { print "0x" $1 }' "$work/symbols"
}

for kernel in $KERNELS; do
    elf=$BUILD/kernels/$kernel.elf
    rm -f "$work"/log* "$work/serial" "$work/gdb"
    nm -n "$elf" >"$work/symbols"
    # A gdb that hangs takes QEMU, its child, along.
    timeout -k 1 60 gdb -nx -batch "$elf" -ex "set \$stubs = $(address_of trap_0)" \
        -ex "set \$stubs_end = $(address_of trap_128.end)" \
        -ex "target remote | exec $QEMU -S -gdb stdio -kernel $elf -m 64 -nodefaults -display none -no-reboot \
            -serial file:$work/serial -d int -D $work/log -device isa-debug-exit,iobase=0xf4,iosize=4" \
        -x tests/oracle/victim.gdb -x tests/oracle/finish.gdb >"$work/gdb" 2>&1 </dev/null &
    debugger=$!
    wait $debugger
    tr -d '\r' <"$work/serial" >"$work/report"
    awk -f tests/oracle/registers.awk "$work/log" >"$work/expected"
    awk -f tests/oracle/registers.awk "$work/report" >"$work/reported"
    agree "$kernel: the registers are those of QEMU's log" "$work/expected" "$work/reported"
    awk -f tests/oracle/frames.awk "$work/gdb" >"$work/expected"
    awk -f tests/oracle/frames.awk "$work/report" >"$work/reported"
    agree "$kernel: the $(grep -c '' "$work/reported") rows are gdb's frames" "$work/expected" "$work/reported"
done
echo "1..$count"
