#!/bin/sh
# Overflows the stacks of random programs and compares each report, row by row, with the frames that gdb finds.
#
#     sh tests/accuracy/run.sh                  50 programs of each build kind
#     sh tests/accuracy/run.sh KIND/NUMBER      one of them again, both tables side by side
#
# In the environment, as `make accuracy` and `make matrix` set them: BUILD, TARGET, QEMU; SEED, any text; SHORT=1, 3 programs
# of each kind; PROGRAMS, so many of each kind; KINDS, which of them; MATRIX=full, the kinds of tests/accuracy/matrix, or
# MATRIX=short, those with a * there; GCC and CLANG, what these compilers are called.
#
# A build kind is COMPILER-OPTIMISATION-fp, or -nofp: without frame pointers; and -NAME, if tests/accuracy/matrix has further
# flags for it. Of each kind the reference kernel and its programs are built, five programs to an image. Each program is
# booted by itself, overflows its stack, and leaves a report and a core file; from that and DWARF gdb unwinds the stack, all
# core files of an image in one session.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${TARGET:?is set by make accuracy}"
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}" "${SEED:=1}" "${SHORT:=}" "${PROGRAMS:=}" "${KINDS:=}" "${MATRIX:=}"
: "${GCC:=gcc}" "${CLANG:=clang}"
[ -n "$PROGRAMS" ] || PROGRAMS=$([ -n "$SHORT" ] && echo 3 || echo 50)
PER_IMAGE=5
SECONDS_EACH=20 # whatever hangs ends after that
RETURNED=35     # QEMU's exit status where a program has not overflowed: EXIT_RETURNED of boot/kernel.h, 2n + 1
root=$BUILD/accuracy
[ -z "$MATRIX" ] || root=$BUILD/matrix
matrix=tests/accuracy/matrix
LC_ALL=C
export LC_ALL

# --- one image ---

# called COMPILER: what it is called here.
called() {
    [ "$1" = clang ] && echo "$CLANG" || echo "$GCC"
}

take_kind() {
    compiler=${kind%%-*}
    cc=$(called "$compiler")
    optimisation=${kind#*-}
    optimisation=-${optimisation%%-*}
    case $kind in
    *-nofp*) frame_pointer=-fomit-frame-pointer ;;
    *) frame_pointer=-fno-omit-frame-pointer ;;
    esac
    flags=$(awk -v kind="$kind" '{ sub(/^[* ] /, "") } $1 == kind { sub(/^[^ ]+ */, ""); print }' $matrix)
    case $flags in
    *-ffunction-sections*) link="--gc-sections --undefined=unwind_stubs" ;;
    *) link= ;;
    esac
}

# compile SOURCE OBJECT [FLAGS]: as the kind says. -g gives .debug_frame, which has to hold at every instruction. -flto leaves no
# assembly.
compile() {
    stage=-S
    case $flags in *-flto*) stage=-c ;; esac
    # shellcheck disable=SC2086
    $cc $TARGET $frame_pointer $optimisation -std=c11 -g -w -Ikmod -Iboot -Itests/accuracy/kernel $flags ${3-} \
        $stage -o "$2.s" "$1" || return
    if [ $stage = -c ]; then
        mv "$2.s" "$2"
        return
    fi
    awk -f tests/accuracy/thunks.awk "$2.s" >"$2.whole.s" && mv "$2.whole.s" "$2.s" || return
    if [ "$compiler" = clang ]; then
        awk -f tests/accuracy/restore.awk "$2.s" >"$2.restored.s" && mv "$2.restored.s" "$2.s" || return
    fi
    $cc -m32 -c -o "$2" "$2.s" && rm "$2.s"
}

# The reference kernel of the kind.
build_kernel() {
    mkdir -p "$root/$kind/kernel"
    for source in boot/*.c tests/accuracy/kernel/*.c; do
        compile "$source" "$root/$kind/kernel/$(basename "$source" .c).o" || return
    done
    for source in tests/accuracy/kernel/*.s; do
        as --32 -o "$root/$kind/kernel/$(basename "$source" .s).o" "$source" || return
    done
}

# The programs, in C or, where the kind's name ends so, in C++.
compile_programs() {
    case $kind in
    *-cxx)
        printf 'extern "C" {\n#include "%s"\n}\n' "program.c" >"$work/program.cc"
        compile "$work/program.cc" "$work/program.o" "-std=gnu++17 -fno-exceptions -fno-rtti -fpermissive
            -D_Noreturn=__attribute__((noreturn)) -D_Alignas=alignas -D_Static_assert=static_assert"
        ;;
    *) compile "$work/program.c" "$work/program.o" ;;
    esac
}

# Makes one object of all that -flto has left unfinished.
finish_lto() {
    # shellcheck disable=SC2086
    $cc $TARGET $frame_pointer $optimisation -g -w $flags -flinker-output=nolto-rel -r -nostdlib -o "$work/all.o" \
        "$root/$kind"/kernel/*.o "$work/program.o"
}

# The image of PER_IMAGE programs from $1 on. truth.elf is what gdb gets: without debug information, which takes time
# and tells of inlined functions, which have no frame.
build_image() {
    "$BUILD/native/tests/accuracy/generate" "$SEED/$kind" "$1" $PER_IMAGE "$work/program" || return
    compile_programs || return
    as --32 -o "$work/assembly.o" "$work/program.s" || return
    case $flags in
    *-flto*)
        finish_lto || return
        modules=program=$work/
        set -- "$work/all.o"
        ;;
    *)
        modules="kernel=$root/$kind/kernel/ program=$work/"
        set -- "$root/$kind"/kernel/*.o "$work/program.o"
        ;;
    esac
    set -- "$BUILD"/boot/*.asm.o "$@" "$work/assembly.o" "$BUILD/ksg.o"
    # shellcheck disable=SC2086
    ld -m elf_i386 -T linker.ld $link -Map="$work/map" -o "$work/first.elf" "$@" || return
    # shellcheck disable=SC2086
    "$BUILD/ksgsym" --map "$work/map" -o "$work/symbols.o" "$work/first.elf" kstackguard="$BUILD/ksg.o" \
        kernel="$BUILD/boot/" $modules || return
    # shellcheck disable=SC2086
    ld -m elf_i386 -T linker.ld $link -o "$work/kernel.elf" "$@" "$work/symbols.o" || return
    "$BUILD/ksgsym" --check "$work/kernel.elf" || return
    objcopy --wildcard --remove-section='.debug_[!f]*' "$work/kernel.elf" "$work/truth.elf"
}

# Boots program $1 of the image. An instruction takes a nanosecond of the machine's time, so that interrupts come at the
# same instructions again. The loader device writes $1 to PROGRAM_CHOICE of kernel/program.h.
boot() {
    timeout -k 1 $SECONDS_EACH "$QEMU" -kernel "$work/kernel.elf" -m 64 -nodefaults -display none -no-reboot \
        -icount shift=0,sleep=off -device loader,addr=0xf00000,data="$1",data-len=4 \
        -serial "file:$work/$1.report" -debugcon "file:$work/$1.core" -device isa-debug-exit,iobase=0xf4,iosize=4 \
        >"$work/$1.qemu" 2>&1 </dev/null
}

# What gdb finds in core files 0 to $1 - 1: N.truth. Without its cache of the stack: gdb 16 and later read the stack of
# the second core file from what they kept of the first.
unwind() {
    count=$1
    set -- -ex "set stack-cache off"
    i=0
    while [ $i -lt "$count" ]; do
        set -- "$@" -ex "echo \\nprogram $i\\n" -ex "core-file $work/$i.core" -x tests/accuracy/truth.gdb
        i=$((i + 1))
    done
    timeout -k 1 120 gdb -nx -batch "$work/truth.elf" "$@" >"$work/gdb" 2>"$work/gdb.errors" </dev/null
    awk -v work="$work" '
        /^program / { file = work "/" $2 ".truth"; printf "" >file; left = 0; next }
        /^frame / { left = 4 }
        left-- > 0 { print >file }' "$work/gdb"
}

# The image from $1 on; of its programs those below $2. Prints a line for each: KIND NUMBER, and what compare.awk says.
run_image() {
    first=$1
    count=$(($2 - first < PER_IMAGE ? $2 - first : PER_IMAGE))
    work=$root/$kind/$first
    rm -rf "$work"
    mkdir -p "$work"
    if ! build_image "$first" >"$work/build" 2>&1; then
        echo "$kind $first was not built: see $work/build"
        return
    fi
    i=0
    while [ $i -lt "$count" ]; do
        boot $i
        [ $? != $RETURNED ] || : >"$work/$i.returned"
        i=$((i + 1))
    done
    unwind $count
    i=0
    while [ $i -lt "$count" ]; do
        if [ -e "$work/$i.returned" ]; then
            echo "$kind $((first + i)) never overflows"
        else
            echo "$kind $((first + i)) $(awk -f tests/accuracy/compare.awk "$work/$i.truth" "$work/$i.report" 2>&1)"
        fi
        i=$((i + 1))
    done
}

# --- all of them ---

all_kinds() {
    case $MATRIX in
    full) awk '!/^#/ && NF { print $1 == "*" ? $2 : $1 }' $matrix ;;
    short) awk '$1 == "*" { print $2 }' $matrix ;;
    *)
        for compiler in gcc clang; do
            for optimisation in O0 O1 O2 Os; do
                echo "$compiler-$optimisation-fp"
                echo "$compiler-$optimisation-nofp"
            done
        done
        ;;
    esac
}

# Does the compiler know the flags, or the language?
takes() {
    language=c
    case $kind in *-cxx) language=c++ ;; esac
    # shellcheck disable=SC2086
    echo 'int none;' | $cc $TARGET $flags -x $language -Werror -c -o /dev/null - 2>/dev/null
}

# Those that the compilers which are there can build. What one does not know is told, and left out.
kinds() {
    for kind in ${KINDS:-$(all_kinds)}; do
        take_kind
        command -v "$cc" >/dev/null || continue
        if takes; then
            echo "$kind"
        else
            echo "$kind: $cc cannot build it" >&2
        fi
    done
}

# One of the workers: takes the next kind that nobody has taken yet.
worker() {
    for kind in $chosen; do
        mkdir "$root/taken/$kind" 2>/dev/null || continue
        take_kind
        if ! build_kernel >"$root/$kind.build" 2>&1; then
            echo "$kind - the kernel was not built: see $root/$kind.build"
            continue
        fi
        image=0
        while [ $image -lt "$PROGRAMS" ]; do
            run_image $image "$PROGRAMS"
            image=$((image + PER_IMAGE))
        done
    done
}

run_all() {
    rm -rf "$root/taken"
    mkdir -p "$root/taken"
    worker &
    one=$!
    worker &
    trap 'kill $one $! 2>/dev/null; wait; exit 130' INT TERM HUP
    wait
}

# The image is the same as in the run over all, so the program is, too.
run_one() {
    kind=${1%/*}
    number=${1#*/}
    image=$((number - number % PER_IMAGE))
    take_kind
    build_kernel || exit
    run_image $image $((number + 1)) | grep "^$kind $number "
    i=$((number - image))
    work=$root/$kind/$image
    awk -v table=1 -f tests/accuracy/compare.awk "$work/$i.truth" "$work/$i.report"
    echo "files: $work/$i.report, $work/$i.core, $work/truth.elf, $work/program.c, $work/program.s"
}

for tool in gdb "$QEMU"; do
    if ! command -v "$tool" >/dev/null; then
        echo "accuracy: there is no $tool" >&2
        exit 2
    fi
done
if [ $# -gt 0 ]; then
    run_one "$1"
else
    chosen=$(kinds)
    run_all | awk -v programs="$(($(echo "$chosen" | grep -c .) * PROGRAMS))" -v seed="$SEED" -v target="$(basename "$root")" \
        -f tests/accuracy/summary.awk
fi
