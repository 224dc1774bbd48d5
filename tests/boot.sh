#!/bin/sh
# Boots one kernel in QEMU with its serial line on the terminal. Exit status 0: kstackguard reported, and the virtual
# machine left by itself.
#
#   tests/boot.sh KERNEL.elf [QEMU option...]
#
# In the environment: QEMU, another QEMU program; TIMEOUT, another limit in seconds.

if [ $# -lt 1 ]; then
    echo "usage: $0 KERNEL.elf [QEMU option...]" >&2
    exit 2
fi
kernel=$1
shift
qemu=${QEMU:-qemu-system-i386}
limit=${TIMEOUT:-20}

timeout "$limit" "$qemu" -kernel "$kernel" -m 64 -nodefaults -display none -no-reboot -serial stdio \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 "$@" </dev/null &
machine=$!
# timeout hands the signal on to QEMU.
trap 'kill "$machine" 2>/dev/null; wait "$machine"; exit 130' INT TERM HUP
wait "$machine"

# isa-debug-exit gives 2 * value + 1, for the values of enum exit_value in boot/kernel.h.
case $? in
33) exit 0 ;;
0) why="the CPU was reset by a triple fault" ;;
35) why="the scenario returned: it did not crash, so there is no report" ;;
37) why="the kernel panicked; its last line says why" ;;
39) why="the kernel found all well, and made no report" ;;
41) why="the kernel's own check failed" ;;
124) why="it did not end within $limit seconds" ;;
126 | 127) why="$qemu cannot be run; sh tests/setup.sh installs it" ;;
*) why="$qemu failed" ;;
esac
echo "$0: $kernel: $why" >&2
exit 1
