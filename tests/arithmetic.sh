#!/bin/sh
# test: each wrong figure of a report is found (tests/report.sh, tests/arithmetic.awk), and a right report is not blamed
cd "$(dirname "$0")" || exit 2
. ./tap.sh

# Invented, but right in every figure.
cat >"$work/overflow" <<'END'
======== kstackguard 1.0: KERNEL STACK OVERFLOW ========
Hog!transfer+0x1d ran off the end of stack "worker".
  certain: esp c0213000 is at the limit, cr2 c0212ffc is in its guard page
  stack:   limit c0213000 base c0214000 size 1000, all of it used, 9 frames
  most:    nt ef8 (94 %), Hog 40 (2 %), BabyHog.. 8 (0 %)
  biggest: e3c in one frame, nt!parse_list+0x52; e00 of it locals

eax 00000000 ebx 0000001d ecx c0213f40 edx 00000001  cr0 80010019
esi c0215f00 edi 00000000 ebp c0213018 esp c0213000  cr2 c0212ffc
eip c010a3f1 efl 00000086  cs 0008 ss 0010 ds 0010 es 0010 fs 0000 gs 0000
tr 0028

  Memory ChildEBP RetAddr
      18 c0213018 c010a4c2 Hog!transfer+0x1d
      28 c0213040 8081df65 Hog!dispatch+0x6f
      14 c0213054 b958e196 nt!IofCallDriver+0x45
       0 c0213054 808b64a6 nt!trap_14+0xdc                      trap
      60 c02130b4 c0104471 nt!parse+0x31
      48 c02130fc c0104502 nt!parse_list+0x52
       8 c0213104 c0104502 BabyHogFarm+0x52
     e3c c0213f40 c0104502 nt!parse_list+0x52
      70 c0213fb0 c0104502 0xc0104500                           guess
      50                   (from the last frame to the base)
  walk ended at the base; 1000 in all

used by module      bytes    %  frames  entered
  nt                  ef8   94       5        2
  (no known module)    70    3       1        1
  (after the last frame) 50    2
  Hog                  40    2       2        1
  BabyHogFarm           8    0       1        1
  all                1000  100       9        5

used by function                                  bytes    %  frames  entered
  nt!parse_list                                     e84   91       2        2
  (no known function)                                78    3       2        2
  nt!parse                                           60    2       1        1
  (after the last frame)                             50    2
  Hog!dispatch                                       28    1       1        1
  (3 more)                                           2c    1       3        3
  all                                              1000  100       9        9

biggest frames
  e3c nt!parse_list+0x52, biggest of 2, called by 0xc0104500
      e00 locals, 10 pushes, 24 its callee's ebp and return address,
      8 not explained
   70 0xc0104500 (guess)
      70 not explained
   60 nt!parse+0x31 called by
      nt!parse_list+0x52
      60 a trap and its stub

END

# Several stacks, a function without a frame, recursion folded, user mode.
cat >"$work/walks" <<'END'
======== kstackguard 1.0: DOUBLE FAULT, CAUSE NOT KNOWN ========
0x0 ran when it happened.
  facts:   esp c0300010 is 10 above the limit, cr2 00000000 is no failed push
  stack:   limit c0300000 base c0300100 size 100, f0 of it used, 15 frames
  repeats: kernel!parse and 1 more, 5 turns, 28 each, c8 in all

  Memory ChildEBP RetAddr
                           irq!lost+0x1                         no frame found
      20 c0300030 c0100010 (before the first frame)
      10 c0300040 c0100020 irq!handler+0x20                     recovered
      c0                   (from the last frame to the base)
  on stack "worker": limit c0400000 base c0401000
      10 c0400f00 c0100031 kernel!parse+0x31
      20 c0400f20 c0100042 kernel!parse_list+0x42
       8 c0400f28 c0100051 kernel!parse+0x31
      20 c0400f48 c0100062 kernel!parse_list+0x42
         ... these 2 frames 4 times more: 28 a turn, a0 in all, to c0400fe8
       8 c0400ff0 c0100042 kernel!parse+0x31
       0 c0400ff0 0012fbf8 kernel!trap_128+0x20                 trap
         0335e534 00000000 0x7c8285ec                           user
      10                   (from the last frame to the base)
  walk ended in user mode; 200 in all

used by module      bytes    %  frames  entered
  kernel              100   50      14        1
  (after the last frame) d0   41
  (before the first frame) 20    6
  irq                  10    3       1        1
  all                 200  100      15        2

used by function                                  bytes    %  frames  entered
  (after the last frame)                             d0   41
  kernel!parse_list                                  c0   38       6        6
  kernel!parse                                       40   13       7        7
  (before the first frame)                           20    6
  irq!handler                                        10    3       1        1
  kernel!trap_128                                     0    0       1        1
  all                                               200  100      15       15

biggest frames
   20 kernel!parse_list+0x42, biggest of 6, called by kernel!parse+0x31
      18 locals, 8 its callee's ebp and return address
   10 irq!handler+0x20
      10 not explained

END

# More rows than are shown, of which the last function calls itself.
cat >"$work/deep" <<'END'
======== kstackguard 1.0: KERNEL STACK OVERFLOW ========
deep!descend+0x3 ran off the end of stack "deep".
  certain: esp c0500000 is at the limit, cr2 c04ffffc is in its guard page
  stack:   limit c0500000 base c0501000 size 1000, all of it used, 99 frames
  repeats: deep!descend, 13 turns, 10 each, d0 in all

  Memory ChildEBP RetAddr
      10 c0500010 c0100008 deep!descend+0x3
         ... this frame 12 times more: 10 a turn, c0 in all, to c05000d0
      10 c05000e0 c0100108 deep!other+0x8
         ... 84 frames not shown: f10 in all, to c0500ff0
       8 c0500ff8 00000000 kernel!thread_start+0x8
       8                   (from the last frame to the base)
  walk ended at a zero ebp; 1000 in all

used by module      bytes    %  frames  entered
  deep                ff0  100      98        1
  kernel                8    0       1        1
  (after the last frame) 8    0
  all                1000  100      99        2

used by function                                  bytes    %  frames  entered
  deep!other                                        f20   95      85        1
  deep!descend                                       d0    5      13        1
  kernel!thread_start                                 8    0       1        1
  (after the last frame)                              8    0
  all                                              1000  100      99        3

END

# A frame over the guard page, and lines that go on below.
cat >"$work/jumped" <<'END'
======== kstackguard 1.0: KERNEL STACK OVERFLOW ========
hog!deep+0x3 ran off the end of stack "hog", by one frame.
  likely:  esp c0601000 is 3000 below the limit, cr2 c0600ffc is not present
           jumped the guard page in one frame of 2810: hog!spread+0x1b
  against: only 3000 of the stack is in known frames
  stack:   limit c0604000 base c0605000 size 1000, all of it used,
           2 frames
  biggest: 2810 in one frame, hog!spread+0x1b;
           2808 of it locals
  repeats: hog!deep, 1 frames, 7f0 in all

  Memory ChildEBP RetAddr
     7f0 c06017f0 c0100008 hog!deep+0x3
    2810 c0604000 00000000 hog!spread+0x1b
    1000                   (from the last frame to the base)
  walk ended at a zero ebp; 4000 in all

biggest frames
 2810 hog!spread+0x1b
      2808 locals, 8 its callee's ebp and return address

END

# No ESP: everything counts from EBP on.
cat >"$work/strayed" <<'END'
======== kstackguard 1.0: DOUBLE FAULT, ESP ON NO STACK ========
kernel!switch_stack+0x10 ran with an esp that is on no known stack.
  certain: esp 00000000 is on no known stack, cr2 fffffffc is not present
  stack:   limit c0700000 base c0701000 size 1000, 18 of it above ebp, 1 frame

esi 00000000 edi 00000000 ebp c0700fe8 esp 00000000  cr2 fffffffc

  Memory ChildEBP RetAddr
       0 c0700fe8 c0100526 (before the first frame)
      10 c0700ff8 c0100b7f kernel!kernel_main+0x2e              recovered
       8                   (from the last frame to the base)
  walk ended at a zero ebp; 18 in all

END

# From user mode: no stack is in use.
cat >"$work/entry" <<'END'
======== kstackguard 1.0: DOUBLE FAULT, NO ROOM AT ESP0 ========
An entry from user mode found no room on stack "worker".
  certain: esp0 c0800000 is at the limit, cr2 c07ffffc is in its guard page
  stack:   limit c0800000 base c0801000 size 1000, empty: esp0 is not its base

END

# report FILE SED-SCRIPT: the report with something changed before its end line is put to it, or after.
report() {
    sed -e "$2" "$work/$1" | sh finish.sh >"$work/log"
}

right() {
    sh report.sh "$work/log" ${2-} >"$work/output" 2>&1 && [ ! -s "$work/output" ]
    tell $? "$1" "$work/output"
}

# blamed WHAT TEXT: the log is, with this text.
blamed() {
    ! sh report.sh "$work/log" ${3-} >"$work/output" 2>&1 && grep -qF -- "$2" "$work/output"
    tell $? "$1 (\"$2\")" "$work/output"
}

report overflow ''
right 'a right report'
report walks ''
right 'a right report of many kinds of rows'
report deep ''
right 'a right report of too many rows'
report jumped ''
right 'a right report of a frame over the guard page'
report jumped 's/2810: hog/2810:\
           hog/'
right 'the same on two lines'
report strayed ''
right 'a right report without an ESP'
report entry ''
right 'a right report of user mode'

report overflow 's/, cr2 c0212ffc is in its guard page//'
right 'no cr2 among the facts, as on demand'
report overflow 's/^  walk ended.*/**** lost: rows: #PF in the handler at eip c0101234, cr2 00000000/'
right 'a part that was lost half way'

# Each with a report that is right but for this change.
while IFS='|' read -r file change text; do
    report "$file" "$change"
    blamed "$change" "$text"
done <<'END'
overflow|1s/1.0: /1.0 /|is no headline
overflow|s/"worker"/"wörker"/|not printable ASCII
overflow|s/ran off.*/&                                            !/|has 97 columns
overflow|s/tr 0028/& /|ends in a blank
overflow|s/esp c0213000 is/esp c0213004 is/|has esp as c0213000, which is c0213004
overflow|s/ cr2 c0212ffc$/ cr2 c0212ff8/|has cr2 as c0212ff8, which is c0212ffc
overflow|s/c0212ffc/c0211ffc/|cr2 is not in the page below this limit
overflow|s/is at the limit/is 4 above the limit/|has esp - limit as 4, which is 0
overflow|s/is at the limit/is 4 below the limit/|has esp - limit as -4, which is 0
overflow|s/size 1000/size 2000/|has base - limit as 2000, which is 1000
overflow|s/all of it used/ff0 of it used/|has base - esp as ff0, which is 1000
walks|s/f0 of it used/all of it used/|not all of it is used
overflow|s/9 frames/8 frames/|has the frames that the stack's line counts as 8, which is 9
overflow|s/nt ef8 (94 %)/nt ef0 (94 %)/|has number 1 of the modules as nt ef0 (94 %), which is nt ef8 (94 %)
overflow|s/, BabyHog.*//|names 2 of 3 modules
overflow|s/Hog 40 (2 %), BabyHog.. 8 (0 %)/BabyHog.. 8 (0 %), Hog 40 (2 %)/|has number 2 of the modules
overflow|s/18 c0213018/14 c0213018/|has Memory as 14, which is 18
overflow|s/c0213054 b958e196/c0213058 b958e196/|has Memory as 14, which is 18
overflow|s/   0 c0213054/   4 c0213054/|has Memory as 4, which is 0
overflow|s/c02130b4/c0213050/|has Memory as 60, which is 0
overflow|s/c02130b4/c02130bg/|is no row
overflow|s/      70 c0213fb0/     70 c0213fb0/|is no row
overflow|s/^      50/      40/|has where the rows end as c0213ff0, which is c0214000
overflow|s/1000 in all/ff0 in all/|has the rows' sum as ff0, which is 1000
walks|s/base c0401000/base c0401010/|has where the rows end as c0401000, which is c0401010
walks|s/base c0300100/base c0300104/|has where the rows end as c0300100, which is c0300104
walks|s/these 2 frames/these 9 frames/|there are no such rows before
walks|s/28 a turn/30 a turn/|has a turn as 30, which is 28
walks|s/a0 in all/a8 in all/|has what they take as a8, which is a0
walks|s/to c0400fe8/to c0400ff0/|has their last ChildEBP as c0400ff0, which is c0400fe8
walks|s/4 times more/5 times more/|has what they take as a0, which is c8
walks|s/5 turns/6 turns/|has turns times bytes as f0, which is c8
walks|s/5 turns, 28 each/4 turns, 32 each/|has the frames of that cycle as 2, which is 
walks|s/and 1 more/and 2 more/|has the frames of that cycle as 3, which is 2
walks|s/repeats: kernel!parse/repeats: kernel!other/|is no function of that cycle
jumped|s/frame of 2810:/frame of 2800:/|is none of the rows
jumped|s/2810: hog!spread+0x1b/2810: hog!spread+0x1c/|is none of the rows
jumped|s/only 3000 of the stack/only 2ff0 of the stack/|has the bytes of all frames as 2ff0, which is 3000
jumped|s/^ *2 frames/           3 frames/|has the frames that the stack's line counts as 3, which is 2
jumped|s/2808 of it locals/2800 of it locals/|has its locals as 2800, which is 2808
jumped|s/deep, 1 frames/deep, 2 frames/|has the frames of that function as 2, which is 1
jumped|s/7f0 in all/7f8 in all/|has the bytes of that function as 7f8, which is 7f0
jumped|s/3000 below/2000 below/|has esp - limit as -2000, which is -3000
strayed|s/18 of it above/20 of it above/|has base - ebp as 20, which is 18
strayed|s/ebp c0700fe8/ebp c0700fe0/|has base - ebp as 18, which is 20
strayed|s/   0 c0700fe8/   4 c0700fe8/|has Memory as 4, which is 0
entry|s/, empty: esp0 is not its base/, empty/|esp0 is not its base
entry|s/esp0 c0800000 is at the limit/esp0 c0801000 is 1000 above the limit/|esp0 is its base
deep|s/12 times more/11 times more/|has what they take as c0, which is b0
deep|s/84 frames not shown/83 frames not shown/|has the frames that the stack's line counts as 99, which is 98
deep|s/f10 in all/f00 in all/|has their last ChildEBP as c0500ff0, which is c0500fe0
deep|s/d0 in all/e0 in all/|has turns times bytes as d0, which is e0
overflow|s/   94       5/   93       5/|has percent as 93, which is 94
overflow|s/ef8   94       5/f00   94       5/|has bytes of the rows as f00, which is ef8
overflow|s/   94       5/   94       6/|has frames of the rows as 6, which is 5
overflow|s/ 50    2$/ 48    2/|has bytes of the rows as 48, which is 50
overflow|s/^  BabyHogFarm  /  BabyHogFarms /|has bytes of the rows as 8, which is 0
overflow|/^  BabyHogFarm/d|has the sum of the lines above as ff8, which is 1000
overflow|/^  BabyHogFarm/d|has the frames of the lines above as 8, which is 9
overflow|/^  Hog/{h;d};/^  BabyHogFarm/G|has more bytes than the line above
overflow|s/all                1000/all                1010/|has bytes in all as 1010, which is 1000
overflow|s/  100       9/  100       8/|has frames in all as 8, which is 9
overflow|s/ 5        2$/ 5        3/|has entries of the rows as 3, which is 2
overflow|s/ 9        5$/ 9        6/|has the entries of the lines above as 5, which is 6
walks|s/ 14        1$/ 14        2/|has entries of the rows as 2, which is 1
overflow|s/e84   91/e80   91/|has bytes of the rows as e80, which is e84
overflow|s/78    3       2/78    3       3/|has frames of the rows as 3, which is 2
overflow|s/2        2$/2        1/|has entries of the rows as 1, which is 2
walks|s/ 7        7$/ 7        1/|has entries of the rows as 1, which is 7
overflow|s/(3 more)  /(2 more)  /|has the users above as 7, which is 8
overflow|s/^  nt!parse  /  nt!parsed /|has bytes of the rows as 60, which is 0
overflow|/^  Hog!dispatch  /d|has the sum of the lines above as fd8, which is 1000
overflow|s/e3c in one frame, nt/e30 in one frame, nt/|is not e3c in one frame, nt!parse_list+0x52, the first of the biggest
overflow|s/; e00 of it locals/; e10 of it locals/|has its locals as e10, which is e00
overflow|s/; e00 of it locals//|has its locals as , which is e00
overflow|s/^  e3c nt/  e38 nt/|has the sum of its parts as e3c, which is e38
overflow|s/^  e3c nt/  e38 nt/;s/8 not explained/4 not explained/|is none of the rows
overflow|s/10 pushes/14 pushes/|has the sum of its parts as e40, which is e3c
overflow|s/biggest of 2/biggest of 3/|has the frames of that function as 3, which is 2
overflow|s/called by 0xc0104500/called by nt!parse+0x31/|is not what that row follows on
overflow|s/^      nt!parse_list+0x52$/      nt!parse+0x31/|is not what that row follows on
walks|s/called by kernel!parse+0x31/called by kernel!trap_128+0x20/|is not what that row follows on
overflow|s/^\(   70 0xc0104500\) (guess)/\1/|is a guess
overflow|s/e3c nt!parse_list+0x52,/e3c nt!parse_list+0x52 (guess),/|is no guess
overflow|s/called by 0xc0104500/called by 0x0/|was called by nobody
overflow|/^  e3c nt/,/^      8 not/d|has the biggest of all frames as 70, which is e3c
walks|s/^   20 kernel!parse_list+0x42/   10 irq!handler+0x20/;s/18 locals/8 locals/|has the frames of that function as 6, which is 1
walks|s/^   20 kernel!parse_list+0x42, biggest of 6/    8 kernel!parse+0x31, biggest of 7/;s/18 locals, 8/8/|has the biggest of that function as 8, which is 10
walks|s/^   10 irq!handler/   30 irq!handler/;s/10 not explained/30 not explained/|is bigger than the one above
END

report overflow ''
sed -i 's/ebx 0000001d/ebx 0000001e/' "$work/log"
blamed 'a byte that was changed on the way' 'the CRC-32 of the lines before is'
report overflow ''
sed -i '/^eip/d' "$work/log"
blamed 'a line that was lost on the way' 'has the lines before as 55, which is 54'
report overflow ''
sed -i 's/3a8 of 1000/1004 of 1000/' "$work/log"
blamed 'more stack used than there is' 'it used more stack than there is'
report overflow ''
sed -i '3s/\r//' "$work/log"
blamed 'a line that ends in LF alone' 'line 3 does not end in CR LF'
report overflow ''
sed -i '$d' "$work/log"
blamed 'no end line' 'is the last, and no end line'
report overflow ''
sed -i '/^sums/d' "$work/log"
blamed 'no sums' 'is the last, and there were no sums'
report overflow ''
sed -i '/^sums  23/s/sums  23 ./sums  23 !/' "$work/log"
blamed 'a wrong sum' 'has the sum of line 23 as !'
blamed 'a line of sums that does not fit its own' 'does not end in its own sum'
report overflow ''
sed -i '$s/; used/, used/' "$work/log"
blamed 'an end line of another form' 'is the last, and no end line'
report overflow ''
{ printf 'booting\r\n'; cat "$work/log" "$work/log"; } >"$work/twice"
mv "$work/twice" "$work/log"
right 'two reports, and something before' 2
blamed 'a report too many' 'the log has 2 reports, not 1'
sed -i 's/1000 in all/1001 in all/' "$work/log"
blamed 'in the second report' "line 81 has the rows' sum as 1001" 2
printf 'booting\r\n' >"$work/log"
right 'no report where none has to be' 0
blamed 'no report' 'the log has 0 reports, not 1'

plan
