#!/bin/sh
# test: make kernels says of each test kernel what it does
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL
. tests/tap.sh

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
plan
