#!/bin/sh
# test: ksg.o builds without a warning, needs nothing, exports only ksg_ names, and holds nothing that a 486 does not know
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM HUP
count=0

# silent WHAT: passes if nothing comes in on standard input.
silent() {
    count=$((count + 1))
    head -n 20 >"$work/said"
    if [ -s "$work/said" ]; then
        echo "not ok $count - $1"
        sed 's/^/# /' "$work/said"
    else
        echo "ok $count - $1"
    fi
}

# What the compilers' and NASM's listings call instructions that came after the 486 (SDM vol. 3, Architecture Compatibility). Nops of
# several bytes (0f 1f) are among them; so is endbr32, which is one.
later='^(cmov|fcmov|nop[wl]|endbr|cpuid|rdtsc|rdmsr|wrmsr|rdpmc|sysenter|sysexit|cmpxchg8b|[lms]fence|prefetch|tzcnt|lzcnt|popcnt|mulx|andn|rorx|sarx|shlx|shrx)'

for compiler in gcc clang; do
    if ! command -v $compiler >/dev/null; then
        count=$((count + 1))
        echo "ok $count - $compiler # SKIP there is no $compiler"
        continue
    fi
    object=$work/$compiler/ksg.o
    { make -s BUILD="$work/$compiler" CC=$compiler lib || echo "make failed"; } 2>&1 | silent "$compiler: builds without a word"
    if [ ! -e "$object" ]; then
        echo "no ksg.o" | silent "$compiler: makes ksg.o"
        continue
    fi
    nm -u "$object" | silent "$compiler: nothing is undefined"
    nm -g --defined-only "$object" | awk '$3 !~ /^ksg_/' | silent "$compiler: every global and weak name is ksg_"
    gcc -nostdinc -P -E kmod/ksg.h | grep -o 'ksg_[a-z_]*(' | tr -d '(' | while read -r function; do
        nm -g --defined-only "$object" | grep -q " T $function\$" || echo "$function"
    done | silent "$compiler: every function of ksg.h is there"
    objdump -r "$object" | grep -E 'GOT|PLT' | silent "$compiler: no relocation by way of a GOT or PLT"
    objdump -d --no-show-raw-insn "$object" >"$work/listing"
    awk -F'\t' '$2 ~ /^f[a-z]/ || $2 ~ /%(st|x?mm|ymm)/' "$work/listing" |
        silent "$compiler: no x87, MMX or SSE, which fault while CR0.TS is set"
    awk -F'\t' -v later="$later" '$2 ~ later' "$work/listing" | silent "$compiler: no instruction later than the 486"
    objdump -h "$object" | awk '$2 == ".note.GNU-stack" { found = 1; getline; if (/CODE/) print } END { if (!found) print "no note" }' |
        silent "$compiler: asks for no executable stack"
    objdump -h "$object" | awk '$2 ~ /^\.(ctors|dtors|init|fini|eh_frame)/' |
        silent "$compiler: nothing that has to run at start-up, no unwind tables"
done

echo "1..$count"
