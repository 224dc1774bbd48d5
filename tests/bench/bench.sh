#!/bin/sh
# The benchmark: prints lines of a name and a number. Speeds are in instructions, which QEMU counts exactly, so that they are
# the same on every machine; `make bench` runs it. Needs $BUILD/kernels/bench.elf, demo.elf and ksg.o.
set -eu

build=${BUILD:-build}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

boot() {
    timeout --foreground 60 "${QEMU:-qemu-system-i386}" -kernel "$1" -m 64 -display none -no-reboot -nodefaults \
        -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x04 -icount shift=0,sleep=off </dev/null
}

boot "$build/kernels/bench.elf" >"$work/log" || [ $? -eq 33 ] || { cat "$work/log"; echo "bench.elf made no report" >&2; exit 1; }
tr -d '\r' <"$work/log"

boot "$build/kernels/demo.elf" >"$work/demo" || [ $? -eq 33 ] || { echo "demo.elf made no report" >&2; exit 1; }
awk '/^======== kstackguard/ { inside = 1 } inside { bytes += length($0) + 1 } END { print "demo.report_bytes " bytes }' "$work/demo"

# What the module adds to a kernel.
size -A "$build/ksg.o" | awk '
    $1 ~ /^\.text/ { code += $2 }
    $1 ~ /^\.rodata/ || $1 ~ /^\.ksg_symbols/ { constants += $2 }
    $1 ~ /^\.data/ { data += $2 }
    $1 ~ /^\.bss/ { bss += $2 }
    END {
        print "size.code " code; print "size.constants " constants
        print "size.data " data; print "size.zeroed " bss
    }'
sh "$here/stack.sh"
sh "$here/bound.sh" --figures
