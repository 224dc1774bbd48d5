#!/bin/sh
# test: ksg.h compiles alone in every dialect of C and C++ that a kernel may use, and all its names have the prefix
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh

# silent WHAT COMMAND...: which has nothing to complain of.
silent() {
    what=$1
    shift
    "$@" >"$work/output" 2>&1 && [ ! -s "$work/output" ]
    tell $? "$what" "$work/output"
}

# Twice: it is included by more than one header.
printf '#include "ksg.h"\n#include "ksg.h"\n' >"$work/include.c"

for compiler in gcc clang; do
    if ! command -v $compiler >/dev/null; then
        skip "$compiler" "there is no $compiler"
        continue
    fi
    for dialect in c89 gnu89 c99 c11 c17 gnu17 c++98 c++11 c++17 c++20; do
        language=c
        case $dialect in c++*) language=c++ ;; esac
        # Compiling C++ takes a part of gcc that may be missing.
        if [ $language = c++ ] && ! $compiler -x c++ -fsyntax-only /dev/null 2>/dev/null; then
            skip "$compiler -std=$dialect" "it knows no C++"
            continue
        fi
        for bits in 32 64; do
            silent "$compiler -std=$dialect -m$bits" \
                $compiler -x $language -std=$dialect -m$bits -pedantic-errors -Wall -Wextra -Wshadow -Wundef -Werror \
                -nostdinc -ffreestanding -Ikmod -fsyntax-only "$work/include.c"
        done
    done
done

# What the preprocessor and the compiler know after the header and not before.
gcc -nostdinc -dM -E kmod/ksg.h | sort >"$work/after"
gcc -nostdinc -dM -E -x c /dev/null | sort >"$work/before"
comm -23 "$work/after" "$work/before" | awk '$2 !~ /^KSG_/' >"$work/names"
silent 'every macro is called KSG_' cat "$work/names"

# Declarations, without comments, are few enough to be taken apart by their words: each name outside braces and
# parentheses that is followed by ( or ; or {, and each enumerator.
gcc -nostdinc -P -E kmod/ksg.h | tr '\n' ' ' | awk '
    function declared(name) { if (name !~ /^(ksg_|KSG_)/) print name }
    {
        gsub(/[^A-Za-z0-9_]/, " & ")
        words = split($0, word)
        for (i = 1; i <= words; i++) {
            if (word[i] == "enum")
                enumeration = 1
            if (word[i] ~ /^[A-Za-z_]/ && depth == 0 && word[i + 1] ~ /^[({;]$/)
                declared(word[i])
            if (word[i] ~ /^[A-Za-z_]/ && depth == 1 && enumeration && word[i - 1] ~ /^[{,]$/)
                declared(word[i])
            if (word[i] ~ /^[({]$/)
                depth++
            if (word[i] ~ /^[)}]$/)
                depth--
            if (word[i] == ";" && depth == 0)
                enumeration = 0
        }
    }' >"$work/names"
silent 'every name is called ksg_ or KSG_' cat "$work/names"

# Nothing is defined: an object that includes it is empty.
gcc -nostdinc -ffreestanding -Ikmod -c -o "$work/include.o" "$work/include.c" 2>&1
nm "$work/include.o" >"$work/names"
silent 'it defines nothing' cat "$work/names"

plan
