#!/bin/sh
# Is each report in a log whole, and do its sums come out? sh tests/report.sh LOG [HOW-MANY]. Says what is wrong.
#
# The checksum is taken by other code than the module's, crc32.sh; the rest is for arithmetic.awk.
set -u
LC_ALL=C
export LC_ALL
here=$(dirname "$0")
log=$1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
wrong=0

# Where reports begin and end, as pairs of line numbers; a report that does not end goes on to the last line.
awk '
    /^======== kstackguard / { if (first) print first, NR - 1; first = NR }
    /^======== end of report/ { if (first) print first, NR; first = 0 }
    END { if (first) print first, NR }' "$log" >"$work/reports"

count=$(grep -c '' "$work/reports")
if [ "$count" -ne "${2-1}" ]; then
    echo "the log has $count reports, not ${2-1}"
    wrong=1
fi

while read -r first last; do
    sed -n "${first},${last}p" "$log" >"$work/report"
    crc=$(sed '$d' "$work/report" | sh "$here/crc32.sh")
    awk -v first="$first" -v crc="$crc" -f "$here/hex.awk" -f "$here/sum.awk" -f "$here/arithmetic.awk" "$work/report" || wrong=1
done <"$work/reports"
exit $wrong
