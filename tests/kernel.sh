#!/bin/sh
# Boots one test kernel in QEMU and judges how it ended and what it said: sh tests/kernel.sh NAME. Prints TAP.
#
# The kernel is BUILD/kernels/NAME.elf; what is expected of it stands in tests/kernels/NAME.expect (see expect.awk). The
# log stays in BUILD/logs/NAME.log.
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/machine.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"

name=$1
kernel=$BUILD/kernels/$name.elf
expectation=tests/kernels/$name.expect
log=$BUILD/logs/$name.log

# impossible WHY: there is nothing to judge.
impossible() {
    tell 1 "$1"
    plan
}

for file in "$kernel" "$expectation"; do
    [ -e "$file" ] || impossible "there is no $file"
done
take_settings "$expectation" "file:$log" || impossible "$expectation asks for an unknown console"

mkdir -p "$BUILD/logs"
: >"$log"
# shellcheck disable=SC2086
attend timeout -k 1 "$seconds" "$QEMU" -kernel "$kernel" -m 64 -nodefaults -display none -no-reboot \
    -device isa-debug-exit,iobase=0xf4,iosize=4 $console $options >"$work/qemu" 2>&1
status=$?

# How QEMU ended, in words. isa-debug-exit gives 2 * value + 1, so 0 is none of its.
case $status in
"$expected") ending= ;;
0) ending='the machine was reset: a triple fault' ;;
1) ending='QEMU gave up, or the kernel wrote 0 to isa-debug-exit' ;;
35) ending='scenario() returned: nothing crashed' ;;
37) ending='the kernel panicked' ;;
41) ending='the kernel found something wrong' ;;
124 | 137) ending="still running after $seconds seconds: it hangs" ;;
*) ending='it ended in another way' ;;
esac
{
    echo "$ending; exit status $status, where $expected was expected. The log's last lines:"
    tail -n 12 "$log" | tr -d '\r' | sed 's/^/    /'
    cat "$work/qemu"
} >"$work/ending"
[ -z "$ending" ]
tell $? 'ends as it has to' "$work/ending"

sh tests/report.sh "$log" "$(setting reports 1)" >"$work/report" 2>&1
tell $? 'its report is whole, and its sums are right' "$work/report"

nm -S "$kernel" >"$work/symbols"
awk -v symbols="$work/symbols" -f tests/hex.awk -f tests/expect.awk "$expectation" "$log" >"$work/expect" 2>&1
tell $? 'says what it has to' "$work/expect"
[ $tap_failures -eq 0 ] || echo "# the log is in $log"
plan
