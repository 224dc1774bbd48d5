#!/bin/sh
# test: what is made in another way, or of other files, is made again, and by any compiler; nothing else is
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL CC HOSTCC WERROR
. tests/tap.sh

# A small project under the same Makefile: a module of two files in C and one in assembly, a kernel that is a folder, and
# a ksgsym that makes an empty table.
project=$work/project
mkdir -p "$project/kmod/host" "$project/arch/i386" "$project/boot" "$project/tests/kernels/crash"
mkdir -p "$project/build/fresh/trixie/etc/rc2.d" # a whole system, which make fresh leaves there when something failed
cp Makefile "$project/"
cp kmod/ksg.ld "$project/kmod/"
cd "$project" || exit 2

# c NAME > FILE
c() { printf 'int %s(void);\nint %s(void)\n{\n    return 1;\n}\n' "$1" "$1"; }
no_stack='section .note.GNU-stack noalloc noexec nowrite progbits'
assembly() { printf 'section .text\nglobal %s\n%s:\n    ret\n%s\n' "$1" "$1" "$no_stack"; }
c ksg_one >kmod/one.c
c ksg_two >kmod/two.c
assembly ksg_three >arch/i386/three.asm
assembly entry >boot/entry.asm
echo "$no_stack" >empty.asm
echo 'ENTRY(entry) SECTIONS { . = 0x100000; .text : { *(.text) } }' >linker.ld
c scenario >tests/kernels/crash/crash.c
c other >tests/kernels/crash/other.c
c nothing >kmod/host/shared.c
c nobody >kmod/host/ksg.c
cat >kmod/host/ksgsym.c <<'END'
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    char command[1000];

    if (argc < 5)
        return 0;
    snprintf(command, sizeof command, "nasm -f elf32 -o %s empty.asm", argv[4]);
    return system(command) != 0;
}
END

# made WHAT TARGET [SETTING...]: that is made without an error, and what is said of it stays.
made() {
    what=$1
    shift
    make "$@" >"$work/said" 2>"$work/errors"
    tell $? "$what" "$work/said" "$work/errors"
}

# by KIND...: then these kinds of commands were run, and no others.
by() {
    sed -n 's/^  \([a-z]*\) .*/\1/p' "$work/said" | sort -u | tr '\n' ' ' | sed 's/ $//' >"$work/kinds"
    [ "$(cat "$work/kinds")" = "$*" ]
    tell $? "   ... that takes: ${*:-nothing}" "$work/said" "$work/errors"
}

# names FILE NAME...: it has these functions, and no others.
names() {
    file=$1
    shift
    nm -g --defined-only "$file" | awk 'NF == 3 { print $3 }' | sort | tr '\n' ' ' | sed 's/ $//' >"$work/names"
    [ "$(cat "$work/names")" = "$*" ]
    tell $? "   ... $file has: $*" "$work/names"
}

# compiled_by TEXT: every file of the module was, by its own word.
compiled_by() {
    readelf -p .comment build/ksg.o | grep '\[' >"$work/comment"
    ! grep -qvi "$1" "$work/comment" && [ -s "$work/comment" ]
    tell $? "   ... all of it by $1" "$work/comment"
}

made 'the module' lib
by cc ld nasm
compiled_by gcc
names build/ksg.o ksg_one ksg_three ksg_two
made 'again' lib
by
make -n lib CFLAGS=-O1 >"$work/said" 2>&1
made 'after a dry run with other options' lib
by

made 'other options' lib CFLAGS=-O1
by cc ld
made 'the same ones again' lib CFLAGS=-O1
by
made 'options with quotes and blanks' lib CFLAGS="-O1 -DTEXT='\"it is \$\$5, #1\"'"
by cc ld
made 'the same ones again' lib CFLAGS="-O1 -DTEXT='\"it is \$\$5, #1\"'"
by
made 'the usual options' lib
by cc ld
made 'another target' lib TARGET='-m32 -ffreestanding -fno-pie'
by cc ld
made 'the usual target' lib
by cc ld
made 'another assembler' lib NASM="$(command -v nasm)"
by ld nasm
made 'another linker' lib NASM="$(command -v nasm)" LD="$(command -v ld)"
by ld

# compiler NAME LINE...: a compiler of that name, a script.
compiler() {
    file=$work/bin/$1
    mkdir -p "$work/bin"
    shift
    printf '%s\n' '#!/bin/sh' "$@" >"$file"
    chmod +x "$file"
}

compiler newer 'exec gcc "$@"'
made 'a compiler of another name' lib CC="$work/bin/newer"
compiler newer "exec gcc -U__VERSION__ -D__VERSION__='\"99\"' \"\$@\""
made 'another version under the name' lib CC="$work/bin/newer"
by cc ld
made 'the same version again' lib CC="$work/bin/newer"
by

# What it takes to compile with gcc does not suit clang, whatever that is called.
if command -v clang >/dev/null; then
    compiler cc 'exec clang "$@"'
    for name in clang "$(command -v clang)" "$work/bin/cc"; do
        made 'back to gcc' lib
        made "CC=$name" lib CC="$name" WERROR=1
        by cc ld
        compiled_by clang
        made "again" lib CC="$name" WERROR=1
        by
    done
else
    skip 'CC=clang' 'there is no clang'
fi
compiler clang 'exec gcc "$@"'
made 'a gcc that is called clang' lib CC="$work/bin/clang" WERROR=1
compiled_by gcc

# A compiler for another machine: what it links does not run here, or it has no C library and links nothing.
compiler i686-elf-gcc 'case " $* " in *" -c "* | *" -E "*) exec gcc "$@" ;; esac' 'echo "cannot find crt0.o" >&2; exit 1'
compiler i686-other-gcc 'case " $* " in *" -c "* | *" -E "*) exec gcc "$@" ;; esac' \
    'while [ "$1" != -o ]; do shift; done' "printf '#!/nowhere/loader\n' >\"\$2\"" 'chmod +x "$2"'
for name in i686-elf-gcc i686-other-gcc i686-linux-gnu-gcc; do
    path=$work/bin/$name
    [ -e "$path" ] || path=$(command -v $name) || continue
    made "a cross compiler, $name: the module and ksgsym" lib build/ksgsym CC="$path"
    build/ksgsym
    tell $? '   ... ksgsym runs here'
done

made 'a kernel' build/kernels/crash.elf
names build/kernels/crash.elf entry ksg_one ksg_three ksg_two other scenario
made 'again' build/kernels/crash.elf
by
made 'another compiler for what runs here' build/kernels/crash.elf HOSTCC=cc
by hostcc ld
c late >kmod/late.c
c ksg_four >kmod/four.c
c third >tests/kernels/crash/third.c
made 'with three files more' build/kernels/crash.elf HOSTCC=cc
by cc hostcc ld
names build/ksg.o ksg_four ksg_one ksg_three ksg_two
names build/kernels/crash.elf entry ksg_four ksg_one ksg_three ksg_two other scenario third
names build/native/libkmod.a ksg_four ksg_one ksg_two late
rm kmod/late.c kmod/four.c tests/kernels/crash/third.c
made 'and without them' build/kernels/crash.elf HOSTCC=cc
by hostcc ld
names build/ksg.o ksg_one ksg_three ksg_two
names build/kernels/crash.elf entry ksg_one ksg_three ksg_two other scenario
names build/native/libkmod.a ksg_one ksg_two
rm tests/kernels/crash/other.c
made 'without a file of the kernel' build/kernels/crash.elf HOSTCC=cc
by ld
names build/kernels/crash.elf entry ksg_one ksg_three ksg_two scenario

# What a compiler newer than this has to complain of.
echo 'static int unused;' >>kmod/two.c
made 'a warning' lib
grep -q unused "$work/errors"
tell $? '   ... is said' "$work/errors"
make lib WERROR=1 >"$work/said" 2>&1
[ $? -eq 2 ]
tell $? 'and is an error with WERROR=1' "$work/said"

plan
