#!/bin/sh
# test: a name in ksgsym's table reaches as far as its function: sizes end it, labels inside do not
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/tap.sh
ksgsym=$BUILD/ksgsym
list=$BUILD/native/tests/unit/symbols # with an argument it lists what a bare table says of every address
cd "$work" || exit 2

# silent WHAT: passes if the file "said" is empty.
silent() {
    [ ! -s said ]
    tell $? "$1" said
}

cat >link.ld <<'END'
ENTRY(start)
SECTIONS
{
    . = 0x100000;
    .text : { *(.text .text.*) }
    .rodata : ALIGN(4096) { *(.rodata .rodata.*) }
    .data : ALIGN(4096) { *(.data) *(.bss) }
}
END

# tables ELF MAP: lists of what a table made with the map, and one made without, say of every address.
tables() {
    "$ksgsym" --map "$2" --raw -o with "$1" && "$list" with >listed &&
        "$ksgsym" --raw -o without "$1" && "$list" without >listed_without
}

# named ADDRESS: "name offset" as the table with the map has it, or nothing.
named() {
    awk -v at="$1" '$1 == at && $3 != "" { print $3, $4 }' listed
}

# address ELF SYMBOL [OFFSET]: eight digits.
address() {
    printf '%08x\n' $((0x$(nm "$1" | awk -v name="$2" '$3 == name { print $1 }') + ${3-0}))
}

# is WHAT EXPECTED ADDRESS
is() {
    [ "$(named "$3")" = "$2" ]
    tell $? "$1: $2"
    [ "$(named "$3")" = "$2" ] || echo "# it is: $(named "$3")"
}

# --- static functions that strip has taken the names of ---

flags="-m32 -march=i386 -O2 -std=c11 -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none
       -fno-asynchronous-unwind-tables"
for i in 1 2 3; do
    cat >c$i.c <<END
extern volatile int sink;
void start(void);
static __attribute__((noinline)) void hidden_first_$i(int x) { sink = x; sink = x * 3; sink = x / 7; }
void shown_$i(int x) { hidden_first_$i(x); hidden_first_$i(x + $i); }
static __attribute__((noinline)) void hidden_$i(int x) { while (x--) sink = x + $i; }
static __attribute__((noinline, used)) void hidden_small_$i(void) { sink = $i; }
void also_shown_$i(int x) { hidden_$i(x); hidden_small_$i(); }
END
    # shellcheck disable=SC2086
    gcc $flags $([ $i = 2 ] && echo -Os) -c -o c$i.o c$i.c || exit 2
done
echo 'volatile int sink; void start(void) { for (;;) ; }' >start.c
# shellcheck disable=SC2086
gcc $flags -c -o start.o start.c || exit 2
ld -m elf_i386 -T link.ld -Map=c.map -o c.elf start.o c1.o c2.o c3.o || exit 2
strip -x -o stripped.elf c.elf || exit 2
tables stripped.elf c.map || exit 2

# What nm -S of the kernel that was not stripped says of each byte, and what is left of it when the local ones are gone.
nm -nS c.elf | awk '$3 ~ /[tT]/' | while read -r start size kind name; do
    at=$((0x$start))
    end=$((at + 0x$size))
    while [ $at -lt $end ]; do
        [ "$kind" = T ] || name=
        printf '%08x %s\n' $at "$name"
        at=$((at + 1))
    done
done >truth
grep -c ' $' truth | awk '$1 < 100' >said
silent "there are functions without a name"
awk 'NR == FNR { listed[$1] = $3; next } listed[$1] != $2 { print $1, "is listed as", listed[$1], "but is", $2 }' \
    listed truth >said
silent "with a map: a byte of a function has its name, one of a stripped function none"
awk 'NR == FNR { listed[$1] = $3; next } listed[$1] != $2 { print $1, "is listed as", listed[$1], "but is", $2 }' \
    listed_without truth >said
silent "without a map as well"

# Between them is fill: it goes on with the function in front, and with none behind a stripped one.
awk 'NR == FNR { truth[$1] = 1; name[$1] = $2; next }
     $1 in truth { last = name[$1]; next }
     $3 != "" && $3 != last { print $1, "in the fill behind", last, "is listed as", $3 }' truth listed >said
silent "fill is at most the function's in front of it"

# --- functions inside of functions ---

cat >nested.s <<'END'
    .text
    .globl start, outer, inner, deeper, entry_without_size, behind
    .type start, @function
start:
    ret
    .size start, . - start
    .type outer, @function
outer:
    .skip 20, 0x40
    .type inner, @function
inner:
    .skip 4, 0x41
    .type deeper, @function
deeper:
    .skip 4, 0x42
    .size deeper, . - deeper
    .skip 4, 0x43
    .size inner, . - inner
    .skip 20, 0x44
label_in_outer:
    .skip 4, 0x45
    .type entry_without_size, @function
entry_without_size:
    .skip 4, 0x46
    .size outer, . - outer
    .skip 8, 0x47
    .type behind, @function
behind:
    ret
    .size behind, . - behind
    .section .note.GNU-stack
END
gcc -m32 -c -o nested.o nested.s && ld -m elf_i386 -T link.ld -Map=nested.map -o nested.elf nested.o || exit 2
tables nested.elf nested.map || exit 2
is "in the outer one" "outer 13" "$(address nested.elf outer 19)"
is "where the inner one begins" "inner 0" "$(address nested.elf inner)"
is "where one in it begins" "deeper 0" "$(address nested.elf deeper)"
is "its last byte" "deeper 3" "$(address nested.elf deeper 3)"
is "behind it" "inner 8" "$(address nested.elf inner 8)"
is "the inner one's last byte" "inner b" "$(address nested.elf inner 11)"
is "behind the inner one" "outer 20" "$(address nested.elf inner 12)"
is "a label" "outer 34" "$(address nested.elf label_in_outer)"
is "a function of no size" "entry_without_size 3" "$(address nested.elf entry_without_size 3)"
is "behind the outer one" "" "$(address nested.elf entry_without_size 4)"
is "the next one" "behind 0" "$(address nested.elf behind)"
awk -v from="$(address nested.elf outer)" -v to="$(address nested.elf behind)" '
    $1 >= from && $1 < to && $3 == "outer" && $5 != from { print }' listed >said
silent "what is left of the outer one counts as it"

# A table in a kernel: --check knows that no symbol begins where one ends.
"$ksgsym" --map nested.map -o symbols.o nested.elf &&
    sed 's/^}/.ksg_symbols : { *(.ksg_symbols) } }/' link.ld >second.ld &&
    ld -m elf_i386 -T second.ld -o second.elf nested.o symbols.o
"$ksgsym" --check second.elf >said 2>&1
silent "--check knows such a table"

# --- assembly without sizes: which labels are functions? ---

cat >asm.asm <<'END'
global start, copy, copy_words, copy_done, stub0, stub1, shared, helper, after_call, hang, callback, flush, reload
global tail, alone, twice, second_entry, copyout, copyout_fault, copyin, copyin_fault, copyin_other
section .text
start:
    mov esp, 0x90000
    push dword 4
    call copy
    push callback
    call helper
after_call:                     ; only the code in front of it leads here
    add esp, 8
    jmp hang
    dd 0
hang:                           ; nor here
    hlt
    jmp hang
copy:
    push esi
    mov ecx, [esp + 8]
copy_words:                     ; known to a table of what may fault
    rep movsd
    jecxz copy_done
    inc ecx
copy_done:
    pop esi
    ret
stub0:
    push byte 0
    jmp shared
stub1:
    push byte 1
    jmp shared
shared:                         ; from two functions: it is one itself
    call helper
    add esp, 4
    iretd
helper:
    test eax, eax
    jz tail
    ret
callback:                       ; its address is taken, behind a ret
    nop
    ret
flush:
    lgdt [eax]
    jmp 8:reload
reload:                         ; by a far jump from in front
    ret
tail:                           ; from a function that does not stand in front of it
    dec eax
    ret
twice:
    call second_entry
    nop
second_entry:                   ; run into and called
    ret
alone:                          ; nobody knows it, behind a ret
    ret
copyout:
    push esi
    push edi
    rep movsb
    xor eax, eax
    pop edi
    pop esi
    ret
copyout_fault:                  ; a handler of faults goes there, behind a ret: it pops what copyout has pushed
    mov eax, 14
    pop edi
    pop esi
    ret
copyin:
    push ebp
    mov ebp, esp
    rep movsb
    leave
    ret
copyin_fault:                   ; the same with a frame
    mov eax, 14
    leave
    ret
copyin_other:                   ; it has a frame of its own
    push ebp
    mov ebp, esp
    leave
    ret
section .rodata
    dd copy_words, copy_done
    dd stub0, stub1, alone
    dd copyout_fault, copyin_fault, copyin_other
section .note.GNU-stack noalloc noexec nowrite progbits
END
nasm -f elf32 -o asm.o asm.asm && ld -m elf_i386 -T link.ld -Map=asm.map -o asm.elf asm.o || exit 2
tables asm.elf asm.map || exit 2
while read -r label name; do
    offset=$(($(printf '%d' 0x"$(address asm.elf "$label")") - $(printf '%d' 0x"$(address asm.elf "$name")")))
    is "$label" "$name $(printf %x $offset)" "$(address asm.elf "$label")"
done <<'END'
after_call start
hang start
copy copy
copy_words copy
copy_done copy
stub0 stub0
stub1 stub1
shared shared
helper helper
callback callback
flush flush
reload flush
tail tail
twice twice
second_entry second_entry
alone alone
copyout copyout
copyout_fault copyout
copyin copyin
copyin_fault copyin
copyin_other copyin_other
END
cmp -s listed listed_without
tell $? "without a map it is the same, but for the module"

# An unsized function ends where its object does, though the next object begins with functions that have no name.
ld -m elf_i386 -T link.ld -Map=mixed.map -o mixed.all --defsym sink=0 asm.o c1.o && strip -x -o mixed.elf mixed.all || exit 2
tables mixed.elf mixed.map || exit 2
is "an unsized function's last byte" "alone 0" "$(address mixed.elf alone)"
is "the next object's nameless function" "" "$(address mixed.all hidden_first_1)"
is "its last byte" "" "$(address mixed.all shown_1 -17)"

plan
