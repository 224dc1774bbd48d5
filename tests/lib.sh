#!/bin/sh
# test: ksg.o builds without a warning, by a cross compiler too, needs nothing, exports ksg_ names only, and runs on a 486
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL
. tests/tap.sh

# Instructions that came after the 486 (SDM vol. 3, "Architecture Compatibility"). Nops of several bytes (0f 1f) are
# among them, and so is endbr32, which is one; cpuid is not, since it can be asked for first.
later='^(f?cmov|nop[wl]|endbr|rdtsc|rdmsr|wrmsr|rdpmc|sysenter|sysexit|cmpxchg8b|[lms]fence|prefetch)'
later="$later|^(popcnt|[tl]zcnt|mulx|andn|rorx|sarx|shlx|shrx)"

# silent WHAT COMMAND...: which has nothing to say.
silent() {
    what=$1
    shift
    "$@" >"$work/said" 2>&1
    [ ! -s "$work/said" ]
    tell $? "$what" "$work/said"
}

build() {
    make -s BUILD="$work/$1" CC="$1" WERROR=1 lib >/dev/null || echo "make failed"
}

foreign_names() {
    nm -g --defined-only "$1" | awk '$3 !~ /^ksg_/'
}

missing_functions() {
    nm -g --defined-only "$1" | awk '$2 == "T" { print $3 }' | sort >"$work/defined"
    gcc -nostdinc -P -E kmod/ksg.h | grep -o 'ksg_[a-z_]*(' | tr -d '(' | sort | comm -23 - "$work/defined"
}

indirect_relocations() {
    objdump -r "$1" | grep -E 'GOT|PLT'
}

# instructions OBJECT ERE: those whose text, as objdump has it, fits.
instructions() {
    objdump -d --no-show-raw-insn "$1" | awk -F'\t' -v pattern="$2" '$2 ~ pattern'
}

executable_stack() {
    objdump -h "$1" | grep -A1 -F .note.GNU-stack | awk '/CODE/ { print } END { if (!NR) print "no note" }'
}

# What a kernel's linker script need not have a place for; "AMS" would be strings alone, to be merged with others.
other_sections() {
    readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\] *//' |
        awk '$7 ~ /A/ && ($1 " " $7) !~ /^\.(text AX|rodata A|ksg_symbols A|data WA|bss WA)$/'
}

odd_sections() {
    objdump -h "$1" | awk '$2 ~ /^\.(ctors|dtors|init|fini|eh_frame)/'
}

# One that makes programs for another machine than this, if there is one.
for cross in i686-elf-gcc i686-linux-gnu-gcc; do
    ! command -v $cross >/dev/null || break
done

for compiler in gcc clang $cross; do
    if ! command -v $compiler >/dev/null; then
        skip $compiler "there is no $compiler"
        continue
    fi
    object=$work/$compiler/ksg.o
    silent "$compiler: builds without a warning" build $compiler
    [ -e "$object" ] || continue
    silent "$compiler: nothing is undefined" nm -u "$object"
    silent "$compiler: every global and weak name is ksg_" foreign_names "$object"
    silent "$compiler: every function of ksg.h is there" missing_functions "$object"
    silent "$compiler: no relocation by way of a GOT or PLT" indirect_relocations "$object"
    silent "$compiler: no x87, MMX or SSE, which fault while CR0.TS is set" \
        instructions "$object" '^f[a-z]|%(st|x?mm|ymm)'
    silent "$compiler: no instruction later than the 486" instructions "$object" "$later"
    silent "$compiler: asks for no executable stack" executable_stack "$object"
    silent "$compiler: its sections are .text, .rodata, .data, .bss and .ksg_symbols" other_sections "$object"
    silent "$compiler: nothing to run at start-up, no unwind tables" odd_sections "$object"
done

plan
