#!/bin/sh
# Runs the tests: all of them, or those whose name has one of the arguments in it.
#
#     sh tests/run.sh                        all
#     sh tests/run.sh kernels/recursion      the one of that name
#     sh tests/run.sh unit/ 'kernels/*tss'   all whose name has that in it; * stands for any text
#
# What there is to run, by name:
#     unit/NAME      the program BUILD/native/tests/unit/NAME
#     kernels/NAME   BUILD/kernels/NAME.elf in QEMU, against tests/kernels/NAME.expect: see tests/kernel.sh
#     NAME           tests/NAME.sh, for each that says "# test: what it holds" in its second line; also DIRECTORY/NAME
# Each prints TAP, the Test Anything Protocol. Two run at a time; what they say is put in order and numbered through by
# tests/tap.awk, and ends with "N passed, N failed". The exit status is 1 when anything failed, 2 when nothing fits.
#
# BUILD, CC and QEMU: as in the Makefile, which builds first: `make test`.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}" "${CC:=gcc}" "${QEMU:=qemu-system-i386}"
export BUILD CC QEMU
LC_ALL=C
export LC_ALL

SECONDS_EACH=900 # whatever hangs ends after that

names() {
    for source in tests/unit/*.c; do
        [ ! -e "$source" ] || echo "unit/$(basename "$source" .c)"
    done
    for script in tests/*.sh tests/*/*.sh; do
        [ -e "$script" ] && sed -n 2p "$script" | grep -q '^# test:' || continue
        script=${script#tests/}
        echo "${script%.sh}"
    done
    for source in tests/kernels/*; do
        case $source in
        *.c | *.asm | *.expect) echo "kernels/$(basename "${source%.*}")" ;;
        *) [ ! -d "$source" ] || echo "kernels/$(basename "$source")" ;;
        esac
    done | sort -u
}

# chosen PATTERN...: the names that an argument stands for.
chosen() {
    names >"$work/names"
    [ $# -gt 0 ] || cat "$work/names"
    for pattern; do
        if grep -qxF -e "$pattern" "$work/names"; then
            echo "$pattern"
        else
            while read -r name; do
                # shellcheck disable=SC2254
                case $name in *$pattern*) echo "$name" ;; esac
            done <"$work/names"
        fi
    done | awk '!seen[$0]++'
}

run() {
    case $1 in
    unit/*) exec timeout $SECONDS_EACH "$BUILD/native/tests/$1" ;;
    kernels/*) exec timeout $SECONDS_EACH sh tests/kernel.sh "${1#*/}" ;;
    *) exec timeout $SECONDS_EACH sh "tests/$1.sh" ;;
    esac
}

# One of the workers: takes the next test that nobody has taken yet. Tells tests/tap.awk all it hears, a line at a time
# and with the test's number before it: lines this short are written to a pipe whole.
worker() {
    trap 'kill ${child-} 2>/dev/null; wait; exit' TERM
    number=0
    while read -r name; do
        number=$((number + 1))
        mkdir "$work/$number" 2>/dev/null || continue
        mkfifo "$work/$number/output"
        awk -v number=$number '{ printf "%d + %.900s\n", number, $0; fflush() }' "$work/$number/output" &
        listener=$!
        run "$name" >"$work/$number/output" 2>&1 </dev/null &
        child=$!
        wait $child
        status=$?
        wait $listener
        echo "$number . $status"
    done <"$work/chosen"
}

work=$(mktemp -d) || exit 2
mkdir "$work/tmp"
TMPDIR=$work/tmp # a test that is ended cannot clear up
export TMPDIR
children=
trap 'rm -rf "$work"' EXIT
trap 'kill $children 2>/dev/null; wait; exit 130' INT TERM HUP

# Installing one awk makes it `awk` in place of another. Here that is the one that is content with least, where it is
# installed; tests/posix.sh tries them all.
if awk=$(command -v mawk); then
    mkdir "$work/bin"
    ln -s "$awk" "$work/bin/awk"
    PATH=$work/bin:$PATH
fi

chosen "$@" >"$work/chosen"
if [ ! -s "$work/chosen" ]; then
    echo "run.sh: no test is called that: $*" >&2
    exit 2
fi
mkfifo "$work/events"
awk -f tests/tap.awk "$work/chosen" "$work/events" &
printer=$!
children=$printer
exec 3>"$work/events"
for job in 1 2; do
    worker >&3 3>&- &
    children="$children $!"
done
exec 3>&-
wait $printer
