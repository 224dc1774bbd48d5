#!/bin/sh
# test: a report's registers and frames are those that QEMU's log and gdb, which knows DWARF, find in the same crash
#
# One boot of each kernel tells all three: QEMU logs each exception with the registers it found, gdb stops the machine
# where the double-fault task begins and unwinds the stack of the task that faulted, then the module writes its report.
set -u
cd "$(dirname "$0")/../.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
KERNELS=${*:-recursion mutual large_frame at_call at_push at_touch at_timer at_page_fault timer page_in system_call demo}

if ! command -v gdb >/dev/null; then
    echo '1..0 # SKIP there is no gdb'
    exit
fi

address_of() {
    awk -v name="$1" '$NF == name { print "0x" $1 }' "$work/symbols"
}

# crash ELF: leaves log, serial and gdb in $work. A gdb that hangs takes QEMU, its child, along. It asks anew after two seconds,
# and takes the first answer for that to what comes next: a busy machine is slower.
crash() {
    rm -f "$work/log" "$work/serial"
    nm "$1" >"$work/symbols"
    attend timeout -k 1 300 gdb -nx -batch "$1" -ex "set \$stubs = $(address_of trap_0)" \
        -ex "set \$stubs_end = $(address_of trap_128.end)" \
        -ex 'set remotetimeout 60' \
        -ex "target remote | exec $QEMU -S -gdb stdio -kernel $1 -m 64 -nodefaults -display none -no-reboot \
            -serial file:$work/serial -d int -D $work/log -device isa-debug-exit,iobase=0xf4,iosize=4" \
        -x tests/oracle/victim.gdb -x tests/oracle/finish.gdb >"$work/gdb" 2>&1
}

# agree WHAT AWK-PROGRAM SOURCE: what the program finds in the source and in the report is the same, and not nothing. A
# word that the report has as ? is taken for right.
agree() {
    awk -f tests/hex.awk -f "tests/oracle/$2" "$3" >"$work/found"
    tr -d '\r' <"$work/serial" | awk -f tests/hex.awk -f "tests/oracle/$2" >"$work/reported"
    awk 'FILENAME == ARGV[1] { reported[FNR] = $0; next }
        {
            split(reported[FNR], word, " ")
            for (i = 1; i <= NF; i++)
                if (word[i] == "?")
                    $i = "?"
            print
        }' "$work/reported" "$work/found" >"$work/expected"
    [ -s "$work/expected" ] && diff "$work/expected" "$work/reported" >"$work/difference"
    tell $? "$1 ($(grep -c '' "$work/expected"))" "$work/difference"
}

for kernel in $KERNELS; do
    crash "$BUILD/kernels/$kernel.elf" # gdb fails in any case: going up from the outermost frame is an error
    if [ ! -s "$work/serial" ]; then
        tell 1 "$kernel: crashes" "$work/gdb"
        continue
    fi
    agree "$kernel: the registers are those of QEMU's log" registers.awk "$work/log"
    agree "$kernel: the rows are gdb's frames" frames.awk "$work/gdb"
done
plan
