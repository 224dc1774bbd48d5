#!/bin/sh
# test: the fuzzer's targets hold their laws on their corpus and on random inputs, under sanitizers; recovery is linear
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
sanitized=${BUILD:-build}/sanitized

# replay TARGET RANDOM: the corpus, and so many random inputs.
replay() {
    attend "$sanitized/$1" run "tests/fuzz/corpus/$1" >"$work/said" 2>&1
    tell $? "$1: the corpus, $(awk '/ inputs$/ { print $1 }' "$work/said") inputs" "$work/said"
    attend "$sanitized/$1" random "$2" 1 >"$work/said" 2>&1
    tell $? "$1: $2 random inputs" "$work/said"
}

replay walk 5000
replay recover 5000
replay decode 500
replay symbols 5000
replay format 20000
replay report 1000
replay log 2000

# Memory reads by the word of the stack: as many for a large one as for a small one.
"$sanitized/cost" 0x10000 >"$work/small"
"$sanitized/cost" 0x100000 >"$work/large"
paste -d ' ' "$work/small" "$work/large" |
    awk '{ print $3, $4; if ($4 > 12 || $4 > 1.1 * $2) slow = 1 } END { exit slow || !NR }' >"$work/cost"
tell $? 'a recovery takes as many reads a word on 1 MiB as on 64 KiB, and 12 at most' "$work/cost"
sed 's/^/# /' "$work/large"

plan
