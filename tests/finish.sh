#!/bin/sh
# Makes a report of the lines on standard input: CR LF at their ends, their sums behind them, and an end line, which says
# that USED was used: sh tests/finish.sh [USED] <LINES >REPORT
set -u
LC_ALL=C
export LC_ALL
here=$(dirname "$0")
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

cat >"$work/program" <<'END'
{
    line[NR] = $0
    sums = sums sum_of($0)
}

END {
    for (i = 1; i <= NR && crc == ""; i++)
        print line[i] "\r"
    for (i = 1; i <= NR && crc == ""; i += 22)
        print_summed(sprintf("sums %3d ", i) substr(sums, 3 * i - 2, 3 * 22))
    if (crc != "")
        print_summed("======== end of report: " NR " lines, crc " crc "; used " used " ========")
}

function print_summed(text)
{
    print text " " sum_of(text) "\r"
}
END

awk -f "$here/sum.awk" -f "$work/program" >"$work/report"
cat "$work/report"
crc=$(sh "$here/crc32.sh" <"$work/report")
awk -v crc="$crc" -v used="${1-3a8 of 1000}" -f "$here/sum.awk" -f "$work/program" "$work/report"
