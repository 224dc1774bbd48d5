#!/bin/sh
# test: the README's lines for CMake and Ninja link a kernel twice, again after a change, and not without one
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
list=$BUILD/native/tests/unit/symbols # with an argument it lists what a bare table says of every address
PATH=$BUILD:$PATH # ksgsym

# lines FIRST: the README's block that begins with this text.
lines() {
    awk -v first="    $1" '
        !found && index($0, first) == 1 { found = 1 }
        found && !/^    / { exit }
        found { print substr($0, 5) }' README.md
}
lines 'add_executable(kernel.first' >"$work/cmake"
lines 'rule link' >"$work/ninja"
[ "$(grep -c '' "$work/cmake")" -ge 5 ] && [ "$(grep -c '^build ' "$work/ninja")" -eq 3 ]
tell $? 'the README has both' "$work/cmake" "$work/ninja"

flags="-m32 -march=i386 -O1 -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables"
for tool in cmake ninja; do
    mkdir -p "$work/$tool.d/drivers/net"
    cd "$work/$tool.d" || exit 2
    cp "$BUILD/ksg.o" ksg.o && { echo 'OUTPUT_FORMAT(elf32-i386) OUTPUT_ARCH(i386)' && cat "$OLDPWD/linker.ld"; } >kernel.ld || exit 2
    echo 'int card_send(int x); int entry(int x) { return card_send(x) + 1; }' >main.c
    : >drivers/net/card.c
    cd "$OLDPWD" || exit 2
done

# The objects' part of each build file is this test's.
{
    cat <<END
cmake_minimum_required(VERSION 3.13)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
project(kernel C)
add_compile_options($(echo "$flags" | tr ' ' ';'))
add_link_options(-m32 -nostdlib -static -no-pie -Wl,--build-id=none -T \${CMAKE_SOURCE_DIR}/kernel.ld)
add_library(kernel OBJECT main.c drivers/net/card.c)
END
    cat "$work/cmake"
} >"$work/cmake.d/CMakeLists.txt"
{
    cat "$work/ninja"
    printf 'rule cc\n  command = gcc %s -c -o $out $in\n' "$flags"
    printf 'build main.o: cc main.c\nbuild drivers/net/card.o: cc drivers/net/card.c\n'
} >"$work/ninja.d/build.ninja"

# holds WHAT FOLDER FUNCTION...: the kernel's table is its own, and has these functions in module net.
holds() {
    held=$1 kernel=$2/kernel.elf
    shift 2
    ksgsym --check "$kernel" >"$work/said" 2>&1 && objcopy -O binary -j .ksg_symbols "$kernel" "$work/section" || {
        tell 1 "$held" "$work/said"
        return
    }
    start=$(objdump -hw "$kernel" | awk '$2 == ".ksg_symbols" { print $4 }') # ksg.o's own empty table comes first
    table=$(nm "$kernel" | awk '$3 == "ksg_symbol_table" { print $1 }')
    tail -c +$((0x$table - 0x$start + 1)) "$work/section" >"$work/table"
    "$list" "$work/table" >"$work/listed"
    missing=0
    for function; do
        awk -v name="$function" '$2 == "net" && $3 == name { found = 1 } END { exit !found }' "$work/listed" || missing=1
    done
    tell $missing "$held" "$work/listed"
}

# build WHAT COMMAND...
build() {
    built_what=$1
    shift
    "$@" >"$work/said" 2>&1
    tell $? "$built_what" "$work/said"
}

# twice WHAT SOURCES FOLDER COMMAND...: builds, and again after a change.
twice() {
    what=$1 sources=$2 folder=$3
    shift 3
    echo 'int card_send(int x) { return x * 3; }' >"$sources/drivers/net/card.c"
    build "$what" "$@"
    holds "$what: each function, in its module" "$folder" card_send
    cp "$folder/kernel.elf" "$work/before"
    build "$what: nothing to do" "$@"
    cmp "$work/before" "$folder/kernel.elf" >"$work/said" 2>&1 && [ -z "$(find "$folder/kernel.elf" -newer "$work/before")" ]
    tell $? "$what: so nothing is done" "$work/said"
    echo 'int card_more(int x) { return x - 7; }' >>"$sources/drivers/net/card.c"
    build "$what: after a change" "$@"
    holds "$what: the new function as well" "$folder" card_send card_more
}

if ! command -v ninja >/dev/null; then
    skip 'Ninja' 'there is no ninja'
else
    twice 'Ninja' "$work/ninja.d" "$work/ninja.d" ninja -C "$work/ninja.d"
fi
for generator in 'Unix Makefiles' Ninja; do
    if ! command -v cmake >/dev/null || { [ "$generator" = Ninja ] && ! command -v ninja >/dev/null; }; then
        skip "CMake, $generator" 'there is no cmake or no ninja'
        continue
    fi
    built=$work/built-${generator%% *}
    build "CMake, $generator: configures" cmake -G "$generator" -S "$work/cmake.d" -B "$built"
    twice "CMake, $generator" "$work/cmake.d" "$built" cmake --build "$built"
done

plan
