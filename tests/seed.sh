#!/bin/sh
# test: the seed's crash gives the article's table, from the start found by hand and from nothing, amid any trash
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
seed=${BUILD:-build}/native/tests/seed
data=tests/seed

# rows: the report's rows as kf prints them, without remarks. What is no frame of the article's is left out.
rows() {
    sed -n '/^  Memory ChildEBP RetAddr/,/^  walk ended/p' "$1" | sed '/^  walk ended/d' |
        awk '!/^ *[a-z ]+$/ && !/ \(before the first frame\)$/ && !/ \(entry from user mode\)$/' |
        sed -E 's/ +(recovered|recovered trap|frameless|trap|user)$//'
}

# article MEMORY: its rows, with so many bytes in the first one, where it has none.
article() {
    awk -v first="$1" 'NR == 2 { $0 = sprintf("%8s", first) substr($0, 9) } { print }' $data/stackhog.kf
}

# used REPORT: bytes in hexadecimal, frames, name, by name, of what the module table lists.
used() {
    sed -n '/^used by module/,/^  all /p' "$1" | sed '1d; $d' | awk '
        /^  \(/ { name = $0; sub(/^  /, "", name); sub(/\).*/, ")", name); sub(/.*\) */, ""); print $1, 0, name; next }
        { print $2, $4, $1 }' | sort -k 3
}

# expected_use FIRST REST: the article's figures; its first row had no bytes, here it has 14h. FIRST and REST: the bytes
# before the first frame, and those of the entry from user mode.
expected_use() {
    {
        [ "$1" = 0 ] || echo "$1 0 (before the first frame)"
        echo "$2 0 (entry from user mode)"
        awk '!/^#/ { print ($4 == "nt" ? "a70" : $1), $3, $4 }' $data/stackhog.usage
    } | sort -k 3
}

# The drivers of the product that the article blames; its author had left out five of their rows.
hogs() {
    awk '$1 ~ /^(BabyHog|BossHog|BossHog01|MamaHog|daddyHog)$/ { print $2 }' "$1" | {
        sum=0
        while read -r bytes; do sum=$((sum + 0x$bytes)); done
        printf '%x\n' $sum
    }
}

same() {
    diff "$1" "$2" >"$work/difference" 2>&1
    tell $? "$3" "$work/difference"
}

for start in found nothing; do
    $seed/seed $data $start >"$work/log" 2>"$work/errors"
    tell $? "$start: a report" "$work/errors"
    sh tests/report.sh "$work/log" >"$work/wrong"
    tell $? "$start: it is whole, and its sums are right" "$work/wrong"
    tr -d '\r' <"$work/log" >"$work/report"

    rows "$work/report" >"$work/rows"
    article 14 >"$work/article"
    same "$work/article" "$work/rows" "$start: the article's 118 rows to the letter"

    # esp to the first record; the last one to the base, less the trap frame's row that takes no bytes.
    before=0
    [ $start = found ] || before=$(printf '%x' $((0xb8ae60ec - 0xb8ae6000)))
    used "$work/report" >"$work/used"
    expected_use $before "$(printf '%x' $((0xb8ae9000 - 0xb8ae8d34)))" >"$work/expected"
    same "$work/expected" "$work/used" "$start: bytes and frames by module"
    hogs "$work/report" >"$work/hogs"
    echo 1190 >"$work/expected"
    same "$work/expected" "$work/hogs" "$start: the hogs' total is right, which the article's is not"

    sed -n '/^biggest frames/,/^$/p' "$work/report" >"$work/biggest"
    grep -q '^  2c4 MamaHog+0x422a called by BabyHog!HogFarm+0xaf through \[b9596090\]$' "$work/biggest" &&
        grep -q '^ *290 locals, 10 pushes, 8 its callee' "$work/biggest"
    tell $? "$start: the biggest frame, whose it is, who called it, what is in it" "$work/biggest"

    grep -q '^  walk ended in user mode; ' "$work/report"
    tell $? "$start: the walk ends in user mode"
done

grep -c ' (before the first frame)$' "$work/report" >"$work/count"
echo 1 >"$work/expected"
same "$work/expected" "$work/count" 'nothing: one row before the first frame'
awk '/ (frameless|trap|guess)$/ && !/recovered/' "$work/report" >"$work/unmarked"
[ ! -s "$work/unmarked" ]
tell $? 'nothing: what the recovered chain leads to is marked as recovered' "$work/unmarked"

$seed/trash $data 1000 1 >"$work/figures"
tell $? 'a thousand times trash: every row from the fourth on'
sed 's/^/# /' "$work/figures"

plan
