#!/bin/sh
# test: each rule of an expectation (tests/expect.awk) finds what it asks for, and fails where it is not there
cd "$(dirname "$0")" || exit 2
. ./tap.sh

# Two stacks, two functions of the same name, and an undefined symbol.
cat >"$work/symbols" <<'END'
c0213000 00010000 b worker_stack
c0100040 00000020 T descend
c0100090 t loop
c01000c0 t loop
c0100100 t stub
         U nowhere
END

cat >"$work/log" <<'END'
booting
======== kstackguard 1.0: KERNEL STACK OVERFLOW ========
recursion!descend+0x1d ran off the end of stack "worker".
  certain: esp c0213000 is at the limit, cr2 c0212ffc is in its guard page
  stack:   limit c0213000 base c0223000 size 10000, all of it used, 464 frames
      28 c0213018 c010a4c2 recursion!descend+0x1d
      28 c0213040 c010a4c2 recursion!descend+0x1d
a * and a {
tr 0028
======== end of report: 8 lines, crc 5d0c3a11; it used 3a8 of its 1000 bytes of stack ========
END
sed 's/$/\r/' "$work/log" >"$work/log.crlf"

match() {
    awk -v symbols="$work/symbols" -f hex.awk -f expect.awk "$work/case" "$work/log.crlf" >"$work/output" 2>&1
}

# passes WHAT: the expectation on standard input holds, without a word.
passes() {
    cat >"$work/case"
    match && [ ! -s "$work/output" ]
    tell $? "$1" "$work/case" "$work/output"
}

# fails WHAT TEXT: it does not, and says TEXT.
fails() {
    cat >"$work/case"
    ! match && grep -qF -- "$2" "$work/output"
    tell $? "$1 (\"$2\")" "$work/case" "$work/output"
}

passes 'comments, blank lines and the settings of the run ask for nothing' <<'END'
# this is no line

qemu: -smp 2
console: com2
exit: 35
reports: 2
timeout: 5
END
passes 'lines in their order' <<'END'
booting
a \* and a \{
END
fails 'lines in another order' 'not found after line 8 of the log: booting' <<'END'
a \* and a \{
booting
END
fails 'a line that is not there' 'not found after line 0 of the log: rebooting' <<'END'
rebooting
END
fails 'a line that is there once, asked for twice' 'not found after line 1' <<'END'
booting
booting
END
fails 'a line fits as a whole, to its start' 'not found' <<'END'
ooting
END
fails 'and to its end' 'not found' <<'END'
boot
END
passes 'blanks are alike' <<'END'
   stack: limit   c0213000 base c0223000 size 10000, all of it used, 464 frames
END
fails 'but one is not none' 'not found' <<'END'
stack:limit c0213000 base c0223000 size 10000, all of it used, 464 frames
END
passes 'the next line' <<'END'
booting
+ ======== kstackguard * ========
END
fails 'the next line is another' 'not right after line 1' <<'END'
booting
+ recursion!*
END
fails 'the next line when there is none' 'not right after line 10' <<'END'
======== end of report: *
+ *
END
fails 'a next line whose line before is missing: found, all the same' '1: not found after line 0' <<'END'
rebooting
+ recursion!descend+0x1d ran *
+ certain: *
END
fails 'and the one after it is not looked for farther down' '3: not right after line 3' <<'END'
rebooting
+ recursion!descend+0x1d ran *
+ stack: *
END
fails 'values that are not known yet are shown as they stand' 'that is: `limit {limit=hex} base {limit + 1}`' <<'END'
limit {limit=hex} base {limit + 1}
END
passes 'what must not be there is not' <<'END'
! panic*
END
fails 'what must not be there is' 'line 1: `booting`' <<'END'
! boot*
END
passes '* is any text, also none' <<'END'
boot*ing
* ran off the end of stack "*".
END
fails '* does not make up for text that is missing' 'not found' <<'END'
* ran off the end of stack "*"!
END
passes '\ makes * and { plain' <<'END'
a \* and a \{
END
fails 'a plain * stands for itself only' 'not found' <<'END'
boot\*
END
passes '{hex}, {dec} and {word}' <<'END'
{hex} {hex} {hex} {word}!descend+0x{hex}
======== end of report: {dec} lines, crc {hex}; it used {hex} of its {hex} bytes of stack ========
END
fails '{dec} is no hexadecimal number' 'not found' <<'END'
28 {dec} *
END
fails '{hex} is no word' 'not found' <<'END'
recursion!{hex}+0x1d *
END
fails '{hex} ends where the number ends' 'not found' <<'END'
28 {hex}8 *
END
fails '* does not stop in the middle of a number' 'not found' <<'END'
28 c0*{hex} c010a4c2 recursion!descend+0x1d
END
fails '{word} has no blank' 'not found' <<'END'
{word} "worker".
END
passes 'a number is named and used' <<'END'
* esp {esp=hex} is at the limit, cr2 {esp - 4} *
stack: limit {esp} base * {count=dec} frames
check: count = 464
END
passes 'also on its own line' <<'END'
* limit {limit=hex} base {limit + 0x10000} size 10000*
END
fails 'a number that is another' 'that is: `stack: limit c0213004 *`' <<'END'
* esp {esp=hex} is at the limit*
stack: limit {esp + 4} *
END
fails 'the nearest line is shown' 'nearest is line 5: `  stack:   limit c0213000 base c0223000' <<'END'
stack: limit c0213000 base c0224000 *
END
fails 'and how much of it fits' 'which fits up to: `stack: limit c0213000 base `' <<'END'
stack: limit c0213000 base {sym:worker_stack} *
END
fails 'a name is given once' '`a` has a value already' <<'END'
let a = 1
* limit {a=hex} *
END
fails 'a name that nothing has' '`esp` has no value' <<'END'
* limit {esp} *
END
fails 'a kind of number is no name' '`hex` is no name' <<'END'
let hex = 1
END
passes 'leading zeros do not count' <<'END'
tr {40}
END
passes 'a symbol, and its size' <<'END'
let limit = sym:worker_stack
* limit {limit} base {limit + size:worker_stack} size {size:worker_stack}, *
END
fails 'a symbol that is not there' 'the kernel has no symbol `nobody`' <<'END'
* limit {sym:nobody} *
END
fails 'an undefined symbol' 'the kernel has no symbol `nowhere`' <<'END'
let a = sym:nowhere
END
fails 'a symbol that is there twice' 'several symbols `loop`' <<'END'
let a = sym:loop
END
fails 'a symbol without a size' 'no size is known of symbol `stub`' <<'END'
let a = size:stub
END
passes 'expressions' <<'END'
check: 2 + 3 * 0x10 - 1 = 49
check: 0 - 4 = 0xfffffffc
check: 0xffffffff + 2 = 1
check: 0 - 1 > 1
check: 1 != 2
check: 1 < 2
check: 2 <= 2
check: 3 >= 2
END
for false in '1 = 2' '2 != 2' '2 < 2' '2 > 2' '3 <= 2' '1 >= 2'; do
    fails "a comparison that does not hold: $false" 'does not hold' <<END
check: $false
END
done
fails 'a check that compares nothing' 'no comparison' <<'END'
check: 1
END
fails 'an expression that is none' '`-4` is no expression' <<'END'
check: 1 --4 = 1
END
fails 'an expression that is missing' 'an expression is missing' <<'END'
check: 1 =
END
fails '{ without }' 'no } for its {' <<'END'
booting{
END
passes 'decimal numbers' <<'END'
stack: * {2 * 0x100 - 48:dec} frames
END
fails 'a decimal number that is another' 'not found' <<'END'
stack: * {0x464:dec} frames
END
printf 'loading\n\n' >"$work/log.crlf"
fails 'every line that is missing is told' '2: not found after line 0' <<'END'
one
two
END
: >"$work/log.crlf"
fails 'an empty log' 'not found after line 0' <<'END'
booting
END
: >"$work/log.crlf"
passes 'an empty expectation' <<'END'
END

plan
