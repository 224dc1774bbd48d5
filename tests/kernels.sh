#!/bin/sh
# test: make kernels says of each test kernel what it does; make run shows its reports, whatever its machine and its end
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
export QEMU

make -s kernels >"$work/list"
for source in tests/kernels/*; do
    case $source in
    *.c) basename "$source" .c ;;
    *) [ ! -d "$source" ] || basename "$source" ;;
    esac
done | sort >"$work/kernels"
awk '{ print $1 }' "$work/list" | sort | diff - "$work/kernels" >"$work/difference"
tell $? 'each is there once' "$work/difference"

# A sentence: from a capital or a name on to a full stop.
awk 'NF < 4 || !/\.$/ || $2 !~ /^[A-Za-z0-9]/' "$work/list" >"$work/wrong"
[ ! -s "$work/wrong" ]
tell $? 'each with a sentence' "$work/wrong"
# Each ends in another way, or needs another machine.
for name in recursion canary report_overflow verify gate_lost com2 no_uart smp; do
    attend sh tests/boot.sh "$BUILD/kernels/$name.elf" >"$work/shown" 2>"$work/output"
    status=$?
    reports=$(sed -n 's/^reports: *//p' "tests/kernels/$name.expect")
    [ $status -eq 0 ] && [ "$(grep -c '^======== end of report' "$work/shown")" = "${reports:-1}" ]
    tell $? "make run KERNEL=$name: reports: ${reports:-1}" "$work/output" "$work/shown"
done
plan
