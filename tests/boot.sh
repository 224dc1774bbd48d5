#!/bin/sh
# Boots one kernel in QEMU with its console on the terminal. Exit status 0: it ended as it has to. A test kernel's
# expectation says how that is, and on which machine; another kernel reports, or else finds all well.
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
here=$(dirname "$0")
. "$here/machine.sh"
qemu=${QEMU:-qemu-system-i386}

if ! take_settings "$here/kernels/$(basename "$kernel" .elf).expect" stdio; then
    echo "$0: $expectation asks for an unknown console" >&2
    exit 1
fi
limit=${TIMEOUT:-$seconds}

# shellcheck disable=SC2086
timeout "$limit" "$qemu" -kernel "$kernel" -m 64 -nodefaults -display none -no-reboot $console \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 $options "$@" </dev/null &
machine=$!
# timeout hands the signal on to QEMU.
trap 'kill "$machine" 2>/dev/null; wait "$machine"; exit 130' INT TERM HUP
wait "$machine"
status=$?

# isa-debug-exit gives 2 * value + 1, for the values of enum exit_value in boot/kernel.h.
case $status in
0) why="the CPU was reset by a triple fault" ;;
33) why="kstackguard has reported" ;;
35) why="the scenario returned: it did not crash, so there is no report" ;;
37) why="the kernel panicked; its last line says why" ;;
39) why="the kernel found all well" ;;
41) why="the kernel's own check failed" ;;
124) why="it did not end within $limit seconds" ;;
126 | 127) why="$qemu cannot be run; sh tests/setup.sh installs it" ;;
*) why="$qemu failed" ;;
esac
[ -e "$expectation" ] || [ "$status" != 39 ] || expected=39
if [ "$status" = "$expected" ]; then
    # Whoever waits for a report is told that there is none.
    [ "$(setting reports 1)" != 0 ] || echo "$0: $kernel: $why, as it has to; it makes no report" >&2
    exit 0
fi
echo "$0: $kernel: $why" >&2
exit 1
