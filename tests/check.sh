#!/bin/sh
# test: ksg check tells a whole report from a damaged one, names the damaged lines, and says what is wrong with a command
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"

ksg=$BUILD/ksg
QEMU=$QEMU attend sh tests/boot.sh "$BUILD/kernels/demo.elf" >"$work/log" 2>"$work/output"
tell $? 'there is a report to check' "$work/output"

# checked WHAT STATUS TEXT: the log is, and this is said of it.
checked() {
    "$ksg" check "$work/damaged" >"$work/output" 2>&1
    [ $? -eq "$2" ] && grep -qE -- "$3" "$work/output"
    tell $? "$1 (\"$3\")" "$work/output"
}

# damage AWK-PROGRAM
damage() {
    awk "$1" "$work/log" >"$work/damaged"
}

lines=$(grep -c '' "$work/log")
damage '{ print }'
checked 'whole' 0 "a report of $lines lines, whole"
tr -d '\r' <"$work/log" >"$work/damaged"
checked 'converted to LF' 0 'whole'
damage 'BEGIN { print "booting" } { print } NR == 50 { print "[CPU 1] alive" }'
checked 'with other output' 0 "lines 2 to $((lines + 2)): a report of $lines lines, whole"
damage 'NR == 40 { sub(/[0-9a-f]/, "x") } { print }'
checked 'one byte changed' 1 '^  line 40 is damaged; line 40 of the log: `'
[ "$(grep -c '' "$work/output")" -eq 2 ]
tell $? 'and no other line is blamed' "$work/output"
damage 'NR == 40 { next } { print }'
checked 'one line lost' 1 '^  line 40 is missing$'
damage 'NR == 40 { printf "%s", $0; next } { print }'
checked 'one LF lost' 1 '^  line 40 is whole, but does not end as the others do; line 40'
damage 'NR == 1 { sub(/k/, "x") } { print }'
checked 'the headline damaged' 1 '^  line 1 is damaged'
damage '/^======== end/ { sub(/=/, "-") } { print }'
checked 'the end line damaged' 1 '^  the end line is damaged'
damage '/^sums  23/ { next } { print }'
checked 'a line of sums lost' 1 'line [0-9]+ is missing$'
[ "$(grep -c '' "$work/output")" -eq 2 ]
tell $? 'which costs no other line' "$work/output"
printf '%s\n' '{ printf "%s %s%c\n", $0, sum_of($0), 13 }' >"$work/own_sum.awk"
tr -d '\r' <"$work/log" | sed '$d' | awk '{ print } /^sums/ { again = again $0 "\n" } END { printf "%s", again }' |
    sed 's/$/\r/' >"$work/damaged"
crc=$(sh tests/crc32.sh <"$work/damaged")
printf '======== end of report: %d lines, crc %s; used 1 of 1000 ========\n' "$(grep -c '' "$work/damaged")" "$crc" |
    awk -f tests/sum.awk -f "$work/own_sum.awk" >>"$work/damaged"
checked 'its sums sent twice' 0 'whole'
damage 'NR < 60 { print }'
checked 'cut off' 1 'a report that is cut off'
{ cat "$work/log"; sed '30s/0/z/' "$work/log"; } >"$work/damaged"
checked 'of two the second is damaged' 1 "^  line 30 is damaged; line $((lines + 30)) of the log"
printf 'booting\r\n' >"$work/damaged"
checked 'no report' 1 'there is no report in it$'

# refused WHAT STATUS TEXT ARGUMENT...
refused() {
    what=$1 status=$2 text=$3
    shift 3
    "$ksg" "$@" >"$work/output" 2>&1
    [ $? -eq "$status" ] && grep -qE -- "$text" "$work/output"
    tell $? "$what (\"$text\")" "$work/output"
}

refused 'nothing to do' 2 '^ksg: what to do\?'
refused 'an unknown command' 2 '^ksg: there is no command walk;' walk
refused 'no log' 2 '^ksg: check takes one log' check
refused 'two logs' 2 '^ksg: check takes one log' check "$work/log" "$work/log"
refused 'a log that is not there' 1 '^ksg: .*/none cannot be read: No such file' check "$work/none"
refused 'help' 0 '^usage: ksg check LOG$' --help

plan
