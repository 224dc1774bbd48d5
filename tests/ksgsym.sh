#!/bin/sh
# test: ksgsym reads what linkers make, refuses what makes no table with a sentence that is true, and loses no file
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${CC:=gcc}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
ksgsym=$BUILD/ksgsym
ksg=$BUILD/ksg
list=$BUILD/native/tests/unit/symbols # with an argument it lists what a bare table says of every address
cd "$work" || exit 2

# refuses WHAT STATUS WORDS COMMAND...: one sentence with these words, and the file "out" is what it was before.
refuses() {
    what=$1 status=$2 words=$3
    shift 3
    echo before >out
    "$@" >output 2>said
    [ $? -eq "$status" ] && [ ! -s output ] && [ "$(grep -c '' said)" -eq 1 ] && grep -qF -e "$words" said &&
        grep -qE '^ksg(sym)?: .*[^.?!]\.$' said && [ "$(cat out)" = before ] && [ ! -e out.part ]
    tell $? "$what ($words)" said output
}

# --- a kernel of two functions, one of them local ---

cat >kernel.c <<'END'
static __attribute__((noinline)) int local(int x) { return x * 3; }
int begin(int x) { return local(x) + 1; }
END
flags="-m32 -O1 -g -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables"
# shellcheck disable=SC2086
gcc $flags -c -o kernel.o kernel.c || exit 2
cat >last.ld <<'END'
ENTRY(begin)
SECTIONS { . = 0x100000; .text : { *(.text) } .data : { *(.data) } .bss : { *(.bss) } .ksg_symbols : { *(.ksg_symbols) } }
END
ld -m elf_i386 -T last.ld -Map=first.map -o first.elf kernel.o && "$ksgsym" -o symbols.o first.elf &&
    ld -m elf_i386 -T last.ld -o kernel.elf kernel.o symbols.o || exit 2

# --- files without what a table is made of ---

objcopy --only-keep-debug kernel.elf kernel.debug
refuses 'a file of debug information' 1 'kernel.debug has debug information only' "$ksgsym" -o out kernel.debug
refuses 'and so says --check' 1 'kernel.debug has debug information only' "$ksgsym" --check kernel.debug
echo 'int numbers[4] = {1}; int *begin(void);' >data.c
# shellcheck disable=SC2086
gcc $flags -c -o data.o data.c && ld -m elf_i386 -e 0 -Ttext=0x100000 -o data.elf data.o
refuses 'data alone' 1 'data.elf has no code: none of its sections is both loaded and executable' "$ksgsym" -o out data.elf
printf '.byte 1, 2\n.section .note.GNU-stack\n' >plain.s && as --32 -o plain.o plain.s &&
    printf 'SECTIONS { . = 0x100000; .text : { *(.text) } mark = 5; }' >plain.ld &&
    ld -m elf_i386 -e 0 -T plain.ld -o plain.elf plain.o
refuses 'code without a name' 1 'no function or label of its code is among them' "$ksgsym" -o out plain.elf
strip -o stripped.elf kernel.elf
refuses 'stripped' 1 'stripped.elf has no symbols: it was stripped, or linked with -s.' "$ksgsym" -o out stripped.elf
refuses 'not linked' 1 'kernel.o is not linked yet' "$ksgsym" -o out kernel.o
cp kernel.elf core.elf && printf '\004' | dd of=core.elf bs=1 seek=16 conv=notrunc 2>/dev/null
refuses 'a core dump' 1 'core.elf is a core dump' "$ksgsym" -o out core.elf
cp kernel.elf bare.elf && printf '\0\0\0\0' | dd of=bare.elf bs=1 seek=32 conv=notrunc 2>/dev/null
refuses 'no section headers' 1 'bare.elf has no section headers' "$ksgsym" -o out bare.elf

# --- more sections than 16 bits can number: ELF keeps their number, and each symbol's, elsewhere ---

awk 'BEGIN {
    for (i = 0; i < 66000; i++)
        printf ".section .text.f%d,\"ax\"\n.type f%d,@function\nf%d: ret\n.size f%d,1\n", i, i, i, i
    print ".section .note.GNU-stack"
}' >many.s
as --32 -o many.o many.s && echo 'SECTIONS { . = 0x100000; }' >many.ld &&
    ld -m elf_i386 -T many.ld -e 0 -o many.elf many.o 2>said && readelf -h many.elf 2>&1 |
    grep -q 'Number of section headers: *0 (66[0-9]*)' && "$ksgsym" --raw -o many.table many.elf 2>>said
tell $? '66000 sections' said
nm many.elf | awk '{ print $1, $3 }' | sort >expected
"$list" many.table | awk '$4 == "0" { print $1, $3 }' | sort >listed
[ "$(grep -c '' expected)" -eq 66000 ] && cmp expected listed >said 2>&1
tell $? 'each of the 66000 functions is where nm has it' said

# --- a table that no kernel takes ---

awk 'BEGIN {
    srand(3)
    print ".section .note.GNU-stack\n.text"
    for (i = 0; i < 150000; i++) {
        name = ""
        while (length(name) < 124)
            name = name sprintf("%c%c%c%c", 97 + rand() * 26, 97 + rand() * 26, 65 + rand() * 26, 97 + rand() * 26)
        print ".type " name ",@function\n" name ": nop\n.size " name ",1"
    }
}' >large.s
as --32 -o large.o large.s && ld -m elf_i386 -e 0 -Ttext=0x100000 -o large.elf large.o && rm large.s large.o
refuses 'a table of more than 16 MiB' 1 ' bytes, and a kernel takes one of 16777216 at most' "$ksgsym" -o out large.elf

# --- a kernel that was stripped or moved after its table was made ---

strip -x -o names.elf kernel.elf
refuses 'strip -x' 1 'names.elf has no names of local functions, as after strip -x' "$ksgsym" --check names.elf
echo 'static __attribute__((used)) int other(int x) { return x; }' >other.c
# shellcheck disable=SC2086
gcc $flags -c -o other.o other.c && sed 's/local/renamed/' kernel.c >renamed.c && gcc $flags -c -o renamed.o renamed.c &&
    ld -m elf_i386 -T last.ld -o renamed.elf renamed.o symbols.o
refuses 'a function of another name' 1 'renamed.elf has the symbol table of another link: local, there at' "$ksgsym" --check renamed.elf
ld -m elf_i386 -T last.ld -o moved.elf other.o kernel.o symbols.o
refuses 'a function elsewhere' 1 'moved.elf has moved since its symbol table was made' "$ksgsym" --check moved.elf

# --- modules ---

# shellcheck disable=SC2086
"$ksgsym" --map first.map -o none first.elf 'both=kernel.o' 'both=data.o' 'ghost=ghost.o' >said 2>&1 &&
    [ "$(grep -c '' said)" -eq 2 ] && grep -q 'no code from .*/data\.o, so it adds nothing to module both\.$' said &&
    grep -q 'no code from .*/ghost\.o, so there is no module ghost\.$' said
tell $? 'a path without code does not deny the module that another one makes' said
mkdir -p lib && ar rcs lib/libtwo.a kernel.o other.o && echo 'int begin(int); int main_of(void) { return begin(1); }' >main.c
# shellcheck disable=SC2086
gcc $flags -c -o main.o main.c && ld -m elf_i386 -T last.ld -Map=two.map -o two.elf main.o lib/libtwo.a &&
    "$ksgsym" --map two.map --raw -o two.table two.elf 'lib=lib/libtwo.a' 'member=lib/libtwo.a(kernel.o)' >said 2>&1 &&
    "$list" two.table | awk '$4 == "0" { print $2, $3 }' | sort >listed &&
    printf '%s\n' 'member begin' 'member local' 'two main_of' | diff - listed >>said
tell $? 'a member of an archive is named as the map has it' said

# --- what cannot be written, and what must not be overwritten ---

refuses 'no room to write' 1 '/dev/full cannot be written: No space left' "$ksgsym" -o /dev/full first.elf
# shellcheck disable=SC2016
refuses 'no room behind the first 512 bytes' 1 'out cannot be written: File too large' \
    sh -c 'trap "" XFSZ; ulimit -f 1; exec "$@"' sh "$ksgsym" -o out many.elf
mkdir folder
refuses 'a folder in its place' 1 'folder cannot be written: Is a directory' "$ksgsym" -o folder first.elf
mkdir out.part
echo before >out
"$ksgsym" -o out first.elf >said 2>&1
[ $? -eq 1 ] && grep -q '^ksgsym: out cannot be written: Is a directory\.$' said && [ "$(cat out)" = before ] && rmdir out.part
tell $? 'a folder where the new file is written first' said
cp first.elf copy.elf
refuses 'its own kernel' 2 '-o copy.elf would overwrite what is to be read' "$ksgsym" -o copy.elf ./copy.elf
ln copy.elf link.elf
refuses 'its own kernel by another name' 2 '-o link.elf would overwrite' "$ksgsym" -o link.elf copy.elf
refuses 'its own map' 2 '-o first.map would overwrite' "$ksgsym" --map first.map -o first.map first.elf
cmp first.elf copy.elf >said 2>&1
tell $? 'which stay whole' said
printf '======== kstackguard 1.0: KERNEL STACK REPORT ========\n' >log
for command in "$ksgsym --help" "$ksg --help" "$ksg check log" "$ksg check kernel.c"; do
    $command >/dev/full 2>said
    [ $? -eq 1 ] && grep -qE '^ksg(sym)?: not all of what it says could be written\.$' said
    tell $? "${command##*/} to a full disk" said
done

# --- wrong command lines ---

refuses 'no kernel' 2 'which kernel?' "$ksgsym" -o out
refuses 'an image without --check' 2 '--image is for --check' "$ksgsym" --image x -o out first.elf
refuses 'an image without a name' 2 '--image needs' "$ksgsym" --check kernel.elf --image
refuses '--check with more' 2 '--check takes' "$ksgsym" --check --raw kernel.elf
refuses '--check with a module' 2 '--check takes' "$ksgsym" --check kernel.elf a=b
refuses 'an unknown option of ksg' 2 'there is no option -x' "$ksg" check -x
refuses 'nothing for ksg to do' 2 'what to do?' "$ksg"
for program in "$ksgsym" "$ksg"; do
    "$program" --help >output 2>said && [ ! -s said ] && head -n 1 output | grep -q '^usage: ksg'
    tell $? "${program##*/} --help" said output
done

plan
