#!/bin/sh
# test: ksgsym's tables say of each address what nm and objdump say, and of wrong files and commands what is wrong
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}" "${HOSTCC:=${CC:-gcc}}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
root=$PWD
ksgsym=$BUILD/ksgsym
list=$BUILD/native/tests/unit/symbols # with an argument it lists what a bare table says of every address
if [ ! -x "$ksgsym" ] || [ ! -x "$list" ]; then
    echo "Bail out! There is no $ksgsym or no $list: make all-tests"
    exit 2
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP
cd "$work" || exit 2

# tell ok|'not ok' WHAT
tell() {
    echo >>told # a file: most tests are the last part of a pipeline, which cannot count in a variable
    echo "$1 $(($(wc -l <told))) - $2"
}

# silent WHAT: passes if nothing comes in on standard input.
silent() {
    head -n 20 >said
    if [ -s said ]; then
        tell 'not ok' "$1"
        sed 's/^/# /' said
    else
        tell ok "$1"
    fi
}

# succeeds WHAT COMMAND...: without a word.
succeeds() {
    what=$1
    shift
    { "$@" 2>&1 || echo "exit status $?"; } | silent "$what"
}

# refuses WHAT STATUS WORDS COMMAND...: the exit status is this one, standard error is one sentence with these words in
# it, and the file "out" is what it was before.
refuses() {
    what=$1
    wanted=$2
    words=$3
    shift 3
    echo before >out
    "$@" >output 2>error
    status=$?
    {
        [ $status -eq "$wanted" ] || echo "exit status $status"
        grep -qF -e "$words" error || echo "it does not say: $words"
        grep -v '^ksgsym: .*[.]$' error
        [ "$(wc -l <error)" -eq 1 ] || echo "it says more or less than one sentence"
        [ ! -s output ] || cat output
        [ "$(cat out)" = before ] || echo "out has changed"
        [ ! -e out.part ] || echo "out.part was left"
    } | silent "$what"
}

# --- a kernel of C and assembly: static functions of one name, gcc's cold pieces, an archive, folders ---

flags="-m32 -march=i386 -O2 -std=c11 -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none
       -fno-asynchronous-unwind-tables"

mkdir -p drivers/deep boot

# twin CALLER: a file with a static function twin, whose rare branch gcc moves away to twin.cold.
twin() {
    cat <<END
void stop(const char *why) __attribute__((cold));
static __attribute__((noinline)) int twin(int x)
{
    if (x < 0) {
        stop("$1");
        stop("rare");
        x = -x;
    }
    return x * ${#1};
}
int $1(int x)
{
    return twin(x) + 1;
}
END
}
twin first >drivers/one.c
twin second_one >drivers/deep/two.c
twin third_of_all >three.c
cat >boot/main.c <<'END'
extern int first(int), second_one(int), third_of_all(int), unused(void);
void stop(const char *why) __attribute__((cold));
void stop(const char *why)
{
    (void)why;
    for (;;)
        __asm__ volatile("nop\n inside_stop: hlt");
}
const int numbers[] = {1, 2, 3};
__attribute__((section(".text.a_name_so_long_that_ld_breaks_the_line"))) int long_one(int x)
{
    return first(x) + second_one(x) + third_of_all(x) + numbers[x & 1] + unused();
}
__attribute__((alias("long_one"), weak)) int a_weak_alias(int x);
static __attribute__((section(".early"), used)) void early(void)
{
}
END
echo 'int unused(void) { return 5; }' >four.c
cat >boot/entry.asm <<'END'
section .text
global _start
extern long_one
_start:
    push dword 1
    call long_one
.again:
    hlt
    jmp .again
not_exported:
    ret
section .note.GNU-stack noalloc noexec nowrite progbits
END
cat >boot/trap.asm <<'END'
section .text
trap_entry:
    iretd
section .note.GNU-stack noalloc noexec nowrite progbits
END
cat >link.ld <<'END'
ENTRY(_start)
SECTIONS
{
    . = 0x8000;
    .early_code_in_a_section_with_a_long_name : { *(.early) }
    . = 0x100000;
    .text : AT(0x200000) {
        LONG(0x1badb002)
        text_start = .;
        *(.text.unlikely*)
        *entry.asm.o(.text)
        . = ALIGN(16);
        middle = .;
        *trap.asm.o(.text)
        *(.text .text.*)
        text_end = .;
        *(.rodata*)
        PROVIDE(not_exported = 0);
    }
    .data : { *(.data*) data_end = .; }
    .ksg_symbols : { *(.ksg_symbols) }
}
END
for source in drivers/one drivers/deep/two three four boot/main; do
    # shellcheck disable=SC2086
    gcc $flags -c -o $source.o $source.c || exit 2
done
for source in boot/entry.asm boot/trap.asm; do
    nasm -f elf32 -o $source.o $source || exit 2
done
ar rcs libthree.a three.o four.o || exit 2
objects="boot/entry.asm.o boot/trap.asm.o boot/main.o drivers/one.o drivers/deep/two.o libthree.a"
# shellcheck disable=SC2086
ld -m elf_i386 -T link.ld -Map=kernel.map -o kernel.elf.first $objects || exit 2

modules="boot=boot/ drivers=./drivers deep=drivers//deep/../deep/two.o three=$work/libthree.a"
# shellcheck disable=SC2086
succeeds "a bare table" "$ksgsym" --map kernel.map --raw -o kernel.table kernel.elf.first $modules
"$list" kernel.table >listed || tell 'not ok' "the table can be read"

# --- every address, against nm ---

# The functions and labels as nm knows them, but for data, the linker script's symbols, and labels inside of functions.
others='text_start|text_end|middle|numbers|a_weak_alias|data_end|_start\.again|inside_stop'
nm -n kernel.elf.first | awk '$2 ~ /[tTW]/' | grep -vE " ($others)\$" >functions
nm -nS kernel.elf.first | awk 'NF == 4 && $3 ~ /[tT]/ && $4 != "numbers"' >sizes

# Hexadecimal to a number; POSIX awk has no strtonum.
number='function number(hex,   i, n) {
            n = 0
            for (i = 1; i <= length(hex); i++)
                n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
            return n
        }'

awk "$number"'
    NR == FNR { start[++n] = number($1); name[n] = $3; next }
    { # listed: address, module, name, offset, function
        address = number($1)
        while (i < n && start[i + 1] <= address)
            i++
        expected = name[i] " " sprintf("%x", address - start[i])
        if ($3 " " $4 != expected)
            print $1 ": listed as " $3 " " $4 ", nm says " expected
    }' functions listed | silent "each address has the name and the offset that nm -n gives it"

awk "$number"'
    NR == FNR { listed[number($1)] = $3 " " $4; next }
    {
        for (i = 0; i < number($2); i++)
            if (listed[number($1) + i] != $4 " " sprintf("%x", i))
                print $4 "+" i " is listed as " listed[number($1) + i]
    }' listed sizes | silent "each byte of each function of nm -S is listed"

awk 'NR == FNR { at[$1] = $3 " " $4; next } at[$1] != $3 " 0" { print $1, $3, "is listed as", at[$1] }' \
    listed functions | silent "each function and label of nm is listed"

grep -E " ($others) " listed | silent "neither data nor the linker script's symbols are listed, nor labels inside"

objdump -hw kernel.elf.first | awk '/CODE/ { print $4, $3 }' >sections
awk "$number"'
    NR == FNR { start[++n] = number($1); size[n] = number($2); next }
    {
        inside = 0
        for (i = 1; i <= n; i++)
            inside = inside || (number($1) >= start[i] && number($1) < start[i] + size[i])
        if (!inside)
            print $0
    }' sections listed | silent "nothing is listed outside the sections of code"

# --- modules, against what nm says of each object ---

{
    nm boot/main.o boot/entry.asm.o boot/trap.asm.o | awk '{ print "boot", $NF }'
    nm drivers/one.o | awk '{ print "drivers", $NF }'
    nm drivers/deep/two.o | awk '{ print "deep", $NF }'
    nm three.o four.o | awk '{ print "three", $NF }'
} | grep -E ' (first|second_one|third_of_all|unused|long_one|early|_start|not_exported|trap_entry|stop)$' |
    grep -vE '(drivers|deep|three) stop|boot (first|second_one|third_of_all|unused)' | sort -u >expected_modules
awk '$4 == "0" && $3 !~ /^twin/ { print $2, $3 }' listed | sort -u | diff expected_modules - |
    silent "modules: folders, objects, archives; the longest path wins"

awk '$3 == "twin" && $4 == "0" { print $2 }' listed | sort | tr '\n' ' ' | grep -vx 'deep drivers three ' |
    silent "three static functions of one name, each in its module"

# --- cold pieces: each belongs to the function that jumps to it ---

objdump -d --no-show-raw-insn kernel.elf.first | awk '
    /^[0-9a-f]+ <.*>:$/ { inside = $1 }
    /j[a-z]+ .*<twin\.cold>$/ { print $(NF - 1), inside }' |
    while read -r piece function; do printf '%08x %s\n' "0x$piece" "$function"; done | sort >expected
awk '$3 == "twin.cold" && $4 == "0" { print $1, $5 }' listed | sort >pieces
[ "$(wc -l <pieces)" -eq 3 ] || echo "there are not three pieces" >>pieces
diff expected pieces | silent "each twin.cold belongs to the twin of its own object"

# ld -r makes one object of several, and objcopy makes symbols local, as in ksg.o. Others may have the same names.
sed 's/^static \(.*\)twin/\1only/; s/twin(x)/only(x)/' drivers/one.c >only.c
# shellcheck disable=SC2086
gcc $flags -Dfirst=kept -c -o only.o only.c && echo 'int only(void) { return 1; }' >another.c &&
    gcc $flags -c -o another.o another.c && ld -m elf_i386 -r -o merged.all only.o three.o drivers/deep/two.o &&
    objcopy --keep-global-symbol=second_one merged.all merged.o &&
    ld -m elf_i386 -T link.ld -Map=merged.map -o merged.elf --defsym first=0 --defsym third_of_all=0 \
        another.o boot/entry.asm.o boot/main.o merged.o four.o &&
    "$ksgsym" --map merged.map --raw -o merged.table merged.elf merged=merged.o && "$list" merged.table |
    awk '$3 ~ /^(only|twin)\.cold$/ && $4 == "0" { print $3, $5 }' | sort >pieces
objdump -d --no-show-raw-insn merged.elf | awk '
    /^[0-9a-f]+ <.*>:$/ { inside = $1 }
    /j[a-z]+ .*<(twin|only)\.cold>$/ { gsub(/[<>]/, "", $NF); print $NF, inside }' | sort >expected
[ "$(wc -l <pieces)" -eq 3 ] || echo "there are not three pieces" >>pieces
diff expected pieces | silent "so it is in a relocatable object whose symbols were made local"

# --- without a map; names ---

"$ksgsym" --raw -o nomap.table kernel.elf.first && "$list" nomap.table >nomap
awk '{ print $2 }' nomap | sort -u | grep -vx kernel |
    silent "without a map all is the module kernel, after kernel.elf.first"
awk 'NR == FNR { at[$1] = $3 " " $4; next } at[$1] != $3 " 0" { print $1, $3, "is listed as", at[$1] }' \
    nomap functions |
    grep -v 'trap_entry is listed as middle' | silent "and each function is listed"
"$ksgsym" --raw --name 'my kernel' -o nomap.table kernel.elf.first && "$list" nomap.table |
    grep -vE '^[0-9a-f]+ my kernel( |$)' | silent "--name"

# --- the maps of each linker: of the same objects they make the same modules and names ---

# A section and an object whose names have blanks in them.
mkdir -p 'blank names' && cat >blank.s <<'END_OF_SOURCE' && as --32 -o 'blank names/an object.o' blank.s || exit 2
.section ".text.with two blanks", "ax"
.globl blank
.type blank, @function
blank:
    ret
.size blank, . - blank
.section .note.GNU-stack, "", @progbits
END_OF_SOURCE
echo 'blank blank' >>expected_modules

# links SCRIPT LINKER OPTION...: the kernel and the object with blanks, into map.elf and map.map.
links() {
    script=$1
    shift
    # shellcheck disable=SC2086
    "$@" -m elf_i386 -T "$script" -Map=map.map -o map.elf $objects 'blank names/an object.o'
}

# reads_map WHAT [IGNORED]: the modules of map.elf are those of nm's objects, and its functions and labels those of
# nm -n, but for what is to be ignored. Functions that the linker left out are missing in both.
reads_map() {
    # shellcheck disable=SC2086
    "$ksgsym" --map map.map --raw --name kernel -o map.table map.elf $modules blank='blank names' 2>&1 |
        silent "$1: ksgsym reads it"
    "$list" map.table >map.listed
    nm -n map.elf | awk '$2 ~ /[tTW]/' | grep -vE " ($others)\$" >map.functions
    awk '$4 == "0" { print $1, $3 }' map.listed | grep -vE " (${2-})\$" >map.found
    awk '{ print $1, $3 }' map.functions | diff - map.found | silent "$1: the functions of nm, each in its place"
    awk '{ print $3 }' map.functions | sort -u >map.names
    awk 'NR == FNR { there[$1]; next } $2 in there' map.names expected_modules | sort -u >map.expected
    awk '$4 == "0" && $3 !~ /^twin/ { print $2, $3 }' map.listed | grep -vE " (${2-})\$" | sort -u |
        diff map.expected - | silent "$1: modules"
    awk '$3 == "twin" && $4 == "0" { print $2 }' map.listed | sort | tr '\n' ' ' | grep -vx 'deep drivers three ' |
        silent "$1: three static functions of one name"
}

links link.ld ld && reads_map "ld"
sed 's/^Linker script and memory map$/Linker-Skript und Speicherzuordnung/; s/^Memory Config.*/Speicherkonfiguration/
     s/^Discarded input sections$/Verworfene Eingabesektionen/; s/load address/Ladeadresse/' map.map >other.map &&
    mv other.map map.map
reads_map "ld, in another language"
# ld from 2.44 on tells of strings that it merged into another object's what size they had, and where those end: of
# an older or a newer ld the map is made so.
if awk '/ \(size before relaxing\)$/ && last ~ /two\.o$/ { found = 1 } { last = $0 } END { exit !found }' map.map; then
    awk "$number"'
        { is_string = name ~ /^ \.rodata\.str/; name = $0 }
        NR == FNR && is_string && !start { start = number(substr($1, 3)) }
        NR == FNR && is_string { end = number(substr($1, 3)) + number(substr($2, 3)) }
        NR == FNR { next }
        / \(size before relaxing\)$/ { next }
        is_string { size = merged ? 18 : end - start }
        is_string { $0 = sprintf("%16s0x%08x %10s %s", "", merged ? end : start, sprintf("0x%x", size), $3) }
        is_string { merged++ }
        { print }' map.map map.map >other.map && mv other.map map.map
    reads_map "ld, with the former sizes of merged strings"
fi
if command -v ld.gold >/dev/null; then
    # Its map does not have the linker script's symbols: they count as labels, as they do without a map.
    grep -v 'middle = ' link.ld >gold.ld
    links gold.ld ld.gold && reads_map "gold" 'text_start|text_end'
else
    tell ok "gold's map # SKIP there is no ld.gold"
fi
if command -v ld.lld >/dev/null; then
    links link.ld ld.lld && reads_map "lld"
    cp map.map lld.map
    cp map.elf lld.elf
    links link.ld ld.lld -O2 --gc-sections --icf=all -u blank &&
        reads_map "lld, with what is unused left out and what is equal folded"
    # shellcheck disable=SC2086
    "$ksgsym" --map lld.map -o lld.symbols.o lld.elf blank='blank names' $modules &&
        ld.lld -m elf_i386 -T link.ld -o lld2.elf $objects 'blank names/an object.o' lld.symbols.o
    succeeds "a kernel linked by lld" "$ksgsym" --check lld2.elf
    refuses "the map of another link by lld" 1 "map.map is not the map of" "$ksgsym" --map map.map -o out lld.elf
else
    tell ok "lld's map # SKIP there is no ld.lld"
fi

# --- modules by the names of functions: what -flto compiles is of no object that can be named ---

sed 's/ inside_stop: hlt/ hlt/' boot/main.c >main.c # an assembler's label in what may be copied
patterns="drv=twin* exact=twin.lto_priv.1* low=*_entry none=first*"
lto_objects=
for source in main drivers/one drivers/deep/two three four; do
    # shellcheck disable=SC2086
    gcc $flags -flto -c -o "lto.$(basename $source).o" $source.c || exit 2
    lto_objects="$lto_objects lto.$(basename $source).o"
done
# shellcheck disable=SC2086
gcc $flags -flto -nostdlib -static -no-pie -Wl,--build-id=none,-T,link.ld,-Map=lto.map -o lto.elf $lto_objects \
    boot/entry.asm.o boot/trap.asm.o >output 2>&1 || cat output
# expected: of each function of nm the module, by the patterns as a person reads them; a cold piece is its function's.
nm lto.elf | awk '$2 ~ /[tTW]/' | grep -vE " ($others)\$" | awk '{
    print $1, ($3 ~ /^twin\.lto_priv\.1/ ? "exact" : $3 ~ /^twin/ ? "drv" : $3 == "trap_entry" ? "low" : "kernel"), $3
}' | sort >expected
[ "$(grep -c ' drv twin' expected)" -ge 2 ] && grep -q ' exact twin' expected && grep -q ' low ' expected ||
    tell 'not ok' "an LTO build with functions for each pattern"
# shellcheck disable=SC2086
"$ksgsym" --map lto.map --raw --name kernel -o lto.table lto.elf $patterns 2>error
"$list" lto.table >lto.listed
awk '$4 == "0" { print $1, $2, $3 }' lto.listed | diff expected - | silent "-flto: each function is in its pattern's module"
grep -vx 'ksgsym: lto.elf has no function that is first\*, so there is no module none\.' error |
    silent "and the pattern without a function is named"
awk "$number"'
    NR == FNR { module[number($1)] = $2; next }
    number($1) in module { inside = module[number($1)] }
    $4 != "0" && inside != "" && $2 != inside { print $1 " is in " $2 ", its function in " inside }' expected lto.listed |
    silent "with all its bytes"
# shellcheck disable=SC2086
"$ksgsym" --raw --name kernel -o lto.table lto.elf $patterns 2>error
"$list" lto.table | awk '$4 == "0" { print $1, $2, $3 }' | grep -vE ' (text_start|text_end|middle)$' >lto.found
grep -v ' trap_entry$' expected | diff - lto.found | silent "and so without a map"
# shellcheck disable=SC2086
"$ksgsym" --map kernel.map --raw -o both.table kernel.elf.first $modules 'rare=first*' &&
    "$list" both.table | awk '$4 == "0" && ($3 == "first" || $3 == "twin") { print $2, $3 }' | sort | tr '\n' ' ' |
    grep -vx 'deep twin drivers twin rare first three twin ' | silent "a pattern counts more than a path"

# --- the second link, and what --check finds ---

# shellcheck disable=SC2086
succeeds "an object" "$ksgsym" --map kernel.map -o symbols.o kernel.elf.first $modules
{ readelf -SW symbols.o | grep -q ' \.ksg_symbols *PROGBITS .* 00 *A  0   0  4$' || readelf -SW symbols.o; } |
    silent ".ksg_symbols is allocated, read-only, aligned to 4"
{ readelf -SW symbols.o | grep -q '\.note\.GNU-stack *PROGBITS .* 00  *0  *0  1$' || readelf -SW symbols.o; } |
    silent "the object asks for no executable stack"
# shellcheck disable=SC2086
ld -m elf_i386 -T link.ld --fatal-warnings -o kernel.elf $objects symbols.o 2>&1 | silent "ld links it without a word"
objcopy -O binary -j .ksg_symbols kernel.elf embedded
cmp kernel.table embedded 2>&1 | silent "it holds the bare table"
succeeds "--check: the same link" "$ksgsym" --check kernel.elf

sed 's/\. = 0x100000;/. = 0x100000; .ksg_symbols : { *(.ksg_symbols) }/' link.ld >before.ld
# shellcheck disable=SC2086
ld -m elf_i386 -T before.ld -o moved.elf $objects symbols.o
refuses "--check: a table in front of the code" 1 "moved.elf has moved since" "$ksgsym" --check moved.elf
# shellcheck disable=SC2086
echo 'int added(void) { return 1; }' >added.c && gcc $flags -c -o added.o added.c &&
    ld -m elf_i386 -T link.ld -o added.elf $objects added.o symbols.o
refuses "--check: a function more" 1 "added at " "$ksgsym" --check added.elf
refuses "--check: no table" 1 "kernel.elf.first has no symbol table" "$ksgsym" --check kernel.elf.first
cat >weak.c <<'END'
#include "symbols.h"
__attribute__((weak, section(".ksg_symbols"))) const struct symbols_header ksg_symbol_table = {
    .magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION,
};
END
# shellcheck disable=SC2086
gcc $flags -I"$root/kmod" -c -o weak.o weak.c && ld -m elf_i386 -T link.ld -o weak.elf $objects weak.o
refuses "--check: the empty table" 1 "weak.elf has the empty symbol table" "$ksgsym" --check weak.elf
# shellcheck disable=SC2086
ld -m elf_i386 -T link.ld -o kernel.elf $objects weak.o symbols.o
succeeds "--check: the table in place of the empty one" "$ksgsym" --check kernel.elf
offset=$(readelf -SW kernel.elf | awk '{ sub(/^ *\[ *[0-9]+\]/, "") } $1 == ".ksg_symbols" { print $4 }')
cp kernel.elf damaged.elf
printf '\377' | dd of=damaged.elf bs=1 seek=$((0x$offset + 50)) conv=notrunc 2>/dev/null
refuses "--check: a damaged table" 1 "damaged.elf has a symbol table that is damaged" "$ksgsym" --check damaged.elf

# --- what it refuses ---

refuses "no kernel" 2 "which kernel?" "$ksgsym" -o out
refuses "no output" 2 "-o is missing" "$ksgsym" kernel.elf
refuses "an option without its value" 2 "--map needs" "$ksgsym" -o out kernel.elf --map
refuses "an unknown option" 2 "there is no option --frob" "$ksgsym" --frob -o out kernel.elf
refuses "a module without a path" 2 "x= is not of the form" "$ksgsym" --map kernel.map -o out kernel.elf.first x=
refuses "a module without a map" 2 "--map is missing" "$ksgsym" -o out kernel.elf boot=boot/
refuses "a pattern with a slash" 2 "is not of the form" "$ksgsym" -o out kernel.elf 'net=drivers/*.o'
refuses "--check with more" 2 "--check takes" "$ksgsym" --check -o out kernel.elf
refuses "no such kernel" 1 "nowhere.elf cannot be read" "$ksgsym" -o out nowhere.elf
refuses "no such map" 1 "nowhere.map cannot be read" "$ksgsym" --map nowhere.map -o out kernel.elf
refuses "a folder" 1 "boot cannot be read" "$ksgsym" -o out boot
refuses "no ELF file" 1 "link.ld is not an ELF file" "$ksgsym" -o out link.ld
refuses "not linked" 1 "three.o is not linked" "$ksgsym" -o out three.o
head -c 40 kernel.elf >short.elf
refuses "a short ELF file" 1 "short.elf is damaged" "$ksgsym" -o out short.elf
head -c 2000 kernel.elf >short.elf
refuses "half of an ELF file" 1 "short.elf is damaged" "$ksgsym" -o out short.elf
refuses "a 64-bit ELF file" 1 "is not for the 32-bit i386" "$ksgsym" -o out "$ksgsym"
strip -o stripped.elf kernel.elf
refuses "without symbols" 1 "stripped.elf has no symbols" "$ksgsym" -o out stripped.elf
refuses "another link's map" 1 "merged.map is not the map of" "$ksgsym" --map merged.map -o out kernel.elf.first
sed 's/^\.text /.tixt /' kernel.map >other.map
refuses "a map without .text" 1 "other.map is not the map of" "$ksgsym" --map other.map -o out kernel.elf.first
sed 's/^\(\.text  *0x[0-9a-f]*  *0x\)/\11/' kernel.map >other.map
refuses "a map with a larger .text" 1 "other.map is not the map of" "$ksgsym" --map other.map -o out kernel.elf.first
refuses "no map" 1 "link.ld is not a map" "$ksgsym" --map link.ld -o out kernel.elf.first
refuses "no room to write" 1 "/dev/full cannot be written" "$ksgsym" -o /dev/full kernel.elf
# shellcheck disable=SC2016
refuses "no room behind the first 512 bytes" 1 "out cannot be written" \
    sh -c 'trap "" XFSZ; ulimit -f 1; exec "$@"' sh "$ksgsym" -o out kernel.elf
refuses "no such folder to write in" 1 "nowhere/out cannot be written" "$ksgsym" -o nowhere/out kernel.elf
# shellcheck disable=SC2086
"$ksgsym" --map kernel.map -o object.o kernel.elf.first $modules ghost=ghost.o 2>error
grep -c 'has no code from .*/ghost.o, so there is no module ghost\.$' error | grep -vx 1 |
    silent "a module without code is named"

# --- damaged files, with the sanitizers on ---

sanitize="-std=c11 -g -O1 -D_POSIX_C_SOURCE=200809L -fsanitize=address,undefined -fno-sanitize-recover=all -I$root/kmod"
# shellcheck disable=SC2086
if ! echo "int main(void) { return 0; }" | $HOSTCC $sanitize -x c -o none - 2>error; then
    tell ok "the sanitizers # SKIP $HOSTCC has none"
elif $HOSTCC $sanitize -o unit "$root/tests/unit/symbols.c" "$root/kmod/host/table.c" "$root/kmod/host/extents.c" \
    "$root/kmod/host/tokens.c" \
    "$root/kmod/symbols.c" "$root/kmod/crc.c" 2>error &&
    $HOSTCC $sanitize -o sanitized "$root"/kmod/host/[!k]*.c "$root/kmod/host/ksgsym.c" "$root"/kmod/*.c 2>>error; then
    ./unit 2>&1 | awk '/^(not ok|==|#|.*runtime error)/' | silent "the unit test of the table, under the sanitizers"
    headers=$(readelf -hW kernel.elf | awk '/Start of section headers/ { print $5 }')
    symbols=$(readelf -SW kernel.elf | awk '{ sub(/^ *\[ *[0-9]+\]/, "") } $1 == ".symtab" { print $4 }')
    ASAN_OPTIONS=detect_leaks=0 # who gives up frees nothing
    export ASAN_OPTIONS
    for trial in $(seq 120); do
        cp kernel.elf fuzz.elf
        cp kernel.map fuzz.map
        # up to 8 bytes changed: in the header, among the section headers, the symbols, the table, anywhere, in the map
        awk -v seed="$trial" -v size="$(wc -c <kernel.elf)" -v headers="$headers" -v symbols=$((0x$symbols)) \
            -v table=$((0x$offset)) -v map="$(wc -c <kernel.map)" '
            function below(n) { return int(rand() * n) }
            BEGIN {
                srand(seed)
                split("0 40 64 255 128 127 32 120", values, " ")
                for (i = below(8); i >= 0; i--) {
                    where = below(6)
                    if (where == 0) at = below(52)
                    if (where == 1) at = headers + below(size - headers)
                    if (where == 2) at = symbols + below(400)
                    if (where == 3) at = table + below(300)
                    if (where == 4) at = below(size)
                    if (where == 5) at = below(map)
                    printf "%s %d \\%03o\n", (where == 5 ? "fuzz.map" : "fuzz.elf"), at,
                           below(2) ? values[1 + below(8)] : below(256)
                }
            }' | while read -r file at byte; do
            # shellcheck disable=SC2059
            printf "$byte" | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
        done
        for command in "--check fuzz.elf" "--map fuzz.map -o fuzz.o fuzz.elf boot=boot/" "-o fuzz.o fuzz.elf"; do
            # shellcheck disable=SC2086
            timeout 20 ./sanitized $command >answer 2>&1
            status=$?
            grep -E 'Sanitizer|runtime error' answer
            [ $status -le 1 ] || echo "trial $trial: $command: status $status"
        done
    done | silent "120 kernels and maps with bytes changed: read or refused"
    if [ -e lld.map ]; then
        for trial in $(seq 40); do
            cp lld.map fuzz.map
            awk -v seed="$trial" -v map="$(wc -c <lld.map)" '
                BEGIN {
                    srand(seed)
                    for (i = int(rand() * 8); i >= 0; i--)
                        printf "%d \\%03o\n", rand() * map, rand() * 256
                }' | while read -r at byte; do
                # shellcheck disable=SC2059
                printf "$byte" | dd of=fuzz.map bs=1 seek="$at" conv=notrunc 2>/dev/null
            done
            cmp -s lld.map fuzz.map && echo "trial $trial: nothing is changed"
            timeout 20 ./sanitized --map fuzz.map -o fuzz.o lld.elf >answer 2>&1
            status=$?
            grep -E 'Sanitizer|runtime error' answer
            [ $status -le 1 ] || echo "trial $trial: status $status"
        done | silent "40 maps of lld with bytes changed: read or refused"
    fi
else
    silent "the sanitizers: what they are to watch compiles" <error
fi

echo "1..$(($(wc -l <told)))"
