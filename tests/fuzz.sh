#!/bin/sh
# test: the walker on random stacks, registers and code: it ends, reads nothing else, adds up; recovery is linear
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
walk=${BUILD:-build}/sanitized/walk

attend "$walk" 20000 1 >"$work/said" 2>&1
tell $? '20000 random stacks' "$work/said"

# Memory reads by the word of the stack: as many for a large one as for a small one.
"$walk" cost 0x10000 >"$work/small"
"$walk" cost 0x100000 >"$work/large"
paste -d ' ' "$work/small" "$work/large" |
    awk '{ print $3, $4; if ($4 > 12 || $4 > 1.1 * $2) slow = 1 } END { exit slow || !NR }' >"$work/cost"
tell $? 'a recovery takes as many reads a word on 1 MiB as on 64 KiB, and 12 at most' "$work/cost"
sed 's/^/# /' "$work/large"

plan
