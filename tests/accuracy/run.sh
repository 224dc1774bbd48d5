#!/bin/sh
# Overflows the stacks of random programs and compares each report, frame by frame, with what gdb says from DWARF.
#
#     sh tests/accuracy/run.sh                  50 programs of each build kind
#     sh tests/accuracy/run.sh KIND/NUMBER      one of them again, both tables side by side
#
# In the environment, as `make accuracy` sets them: BUILD, TARGET, QEMU; SEED, any text; SHORT=1, 3 programs of each kind;
# PROGRAMS, so many of each kind.
#
# A build kind is COMPILER-OPTIMISATION-fp, or -nofp: without frame pointers. Of each kind the reference kernel and its
# programs are built, several programs to an image. Each program is booted by itself, overflows its stack, and leaves a
# report and a core file: gdb unwinds the core files of an image in one session.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}" "${SEED:=1}" "${SHORT:=}"
PER_IMAGE=5
: "${PROGRAMS:=$([ -n "$SHORT" ] && echo 5 || echo 50)}"
SECONDS_EACH=20 # whatever hangs ends after that
root=$BUILD/accuracy
LC_ALL=C
export LC_ALL

# compile SOURCE OBJECT: as the kind says.
compile() {
    # shellcheck disable=SC2086
    $compiler $TARGET $frame_pointer $optimisation -std=c11 -g -w -Ikmod -Iboot -Itests/accuracy/kernel -c -o "$2" "$1"
}

take_kind() {
    compiler=${kind%%-*}
    optimisation=-$(echo "$kind" | cut -d- -f2)
    case $kind in
    *-nofp) frame_pointer=-fomit-frame-pointer ;;
    *) frame_pointer=-fno-omit-frame-pointer ;;
    esac
}

# The reference kernel of a kind.
build_kernel() {
    mkdir -p "$root/$kind/kernel"
    for source in boot/*.c tests/accuracy/kernel/*.c; do
        compile "$source" "$root/$kind/kernel/$(basename "$source" .c).o" || return
    done
    as --32 -o "$root/$kind/kernel/unwind.o" tests/accuracy/kernel/unwind.s
}

# The image of programs $1 to $1 + PER_IMAGE - 1. truth.elf is what gdb gets: without debug information that costs time,
# and would tell of inlined functions, which have no frame.
build_image() {
    elf=$work/kernel.elf
    "$BUILD/native/tests/accuracy/generate" "$SEED/$kind" "$1" $PER_IMAGE "$work/program" || return
    compile "$work/program.c" "$work/program.o" || return
    as --32 -o "$work/assembly.o" "$work/program.s" || return
    set -- "$BUILD"/boot/*.asm.o "$root/$kind"/kernel/*.o "$work/program.o" "$work/assembly.o" "$BUILD/ksg.o"
    ld -m elf_i386 -T linker.ld -Map="$work/map" -o "$work/first.elf" "$@" || return
    "$BUILD/ksgsym" --map "$work/map" -o "$work/symbols.o" "$work/first.elf" kstackguard="$BUILD/ksg.o" \
        kernel="$BUILD/boot/" kernel="$root/$kind/kernel/" program="$work/" || return
    ld -m elf_i386 -T linker.ld -o "$elf" "$@" "$work/symbols.o" || return
    "$BUILD/ksgsym" --check "$elf" || return
    objcopy --wildcard --remove-section='.debug_[!f]*' "$elf" "$work/truth.elf"
}

# Boots program $1 of the image.
boot() {
    rm -f "$work/$1.report" "$work/$1.core"
    timeout -k 1 $SECONDS_EACH "$QEMU" -kernel "$elf" -m 64 -nodefaults -display none -no-reboot -icount shift=0,sleep=off \
        -serial "file:$work/$1.report" -debugcon "file:$work/$1.core" -device isa-debug-exit,iobase=0xf4,iosize=4 \
        -device loader,addr=0xf00000,data="$1",data-len=4 </dev/null >"$work/$1.qemu" 2>&1
    echo $? >"$work/$1.status"
}

# What gdb says of each core file: N.truth.
unwind() {
    set --
    index=0
    while [ $index -lt $PER_IMAGE ]; do
        set -- "$@" -ex "echo \\nprogram $index\\n" -ex "core-file $work/$index.core" -x tests/accuracy/truth.gdb
        index=$((index + 1))
    done
    timeout -k 1 120 gdb -nx -batch "$work/truth.elf" "$@" >"$work/gdb" 2>"$work/gdb.errors" </dev/null
    awk -v work="$work" '
        /^program / { file = work "/" $2 ".truth"; printf "" >file; inside = 0; next }
        /^frame / { inside = 4 }
        inside-- > 0 { print >file }' "$work/gdb"
}

# One line for each program of the image: KIND NUMBER, and what compare.awk says.
run_image() {
    first=$1
    work=$root/$kind/$first
    rm -rf "$work"
    mkdir -p "$work"
    if ! build_image "$first" >"$work/build" 2>&1; then
        echo "$kind $first was not built: see $work/build"
        return
    fi
    index=0
    while [ $index -lt $PER_IMAGE ]; do
        boot $index
        index=$((index + 1))
    done
    unwind
    index=0
    while [ $index -lt $PER_IMAGE ]; do
        result=$(awk -f tests/accuracy/compare.awk "$work/$index.truth" "$work/$index.report" 2>&1)
        echo "$kind $((first + index)) $result (exit status $(cat "$work/$index.status"))"
        index=$((index + 1))
    done
}

# All kinds whose compiler is there.
kinds() {
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        for optimisation in O0 O1 O2 Os; do
            echo "$compiler-$optimisation-fp"
            echo "$compiler-$optimisation-nofp"
        done
    done
}

# One of the workers: takes the next image that nobody has taken yet.
worker() {
    while read -r kind first; do
        mkdir "$root/taken/$kind.$first" 2>/dev/null || continue
        take_kind
        run_image "$first"
    done <"$root/images"
}

# Two at a time, each line as it comes; how far they are, on the terminal only.
run_all() {
    rm -rf "$root/taken"
    mkdir -p "$root/taken"
    for kind in $(kinds); do
        take_kind
        build_kernel || return
        first=0
        while [ $first -lt "$PROGRAMS" ]; do
            echo "$kind $first"
            first=$((first + PER_IMAGE))
        done
    done >"$root/images"
    worker &
    one=$!
    worker &
    trap 'kill $one $! 2>/dev/null; wait; exit 130' INT TERM HUP
    wait
}

# The program of that name again: the image that it was in is the same again.
run_one() {
    kind=${1%/*}
    number=${1#*/}
    first=$((number - number % PER_IMAGE))
    take_kind
    build_kernel || exit
    run_image "$first" | grep "^$kind $number "
    index=$((number - first))
    awk -v table=1 -f tests/accuracy/compare.awk "$work/$index.truth" "$work/$index.report"
    echo "files: $work/$index.*, $work/program.c, $work/program.s"
}

for tool in gdb "$QEMU"; do
    if ! command -v "$tool" >/dev/null; then
        echo "accuracy: there is no $tool" >&2
        exit 2
    fi
done
mkdir -p "$root"
if [ $# -gt 0 ]; then
    run_one "$1"
else
    run_all | awk -v programs="$(($(kinds | grep -c '') * PROGRAMS))" -v seed="$SEED" -f tests/accuracy/summary.awk
fi
