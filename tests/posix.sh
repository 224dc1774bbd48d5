#!/bin/sh
# test: the scripts run under dash and busybox sh, and the awk programs find the same with mawk, gawk, busybox awk, BWK's awk
#
# For that the tests below are run once more, on their real input, with another `sh`, and with an `awk` that is all of
# these: it runs a program with each, and notes where one says something else than the first, or ends with another status.
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL
. tests/tap.sh
: "${BUILD:=build}" "${HOSTCC:=${CC:-gcc}}" "${QEMU:=qemu-system-i386}"
export BUILD HOSTCC QEMU
LC_ALL=C
export LC_ALL
mkdir "$work/sh" "$work/awk" "$work/inputs"

# --- which there are ---

awks=
for awk in 'mawk' 'gawk --posix' 'busybox awk' 'original-awk'; do
    if [ "$(echo 6 | $awk '{ print $1 * 7 }' 2>/dev/null)" = 42 ]; then
        awks="$awks${awks:+,}$(command -v "${awk%% *}")${awk#"${awk%% *}"}"
    else
        skip "$awk" "there is no ${awk%% *}"
    fi
done
shells=
for shell in dash 'busybox sh'; do
    if [ "$($shell -c 'echo yes' 2>/dev/null)" = yes ]; then
        shells="$shells${shells:+,}$(command -v "${shell%% *}")${shell#"${shell%% *}"}"
    else
        skip "$shell" "there is no ${shell%% *}"
    fi
done

# --- an awk that is all of them ---

# Without a file named it reads its standard input, unless the program only begins. What is fed to it by a pipe with a name
# comes once.
cat >"$work/awk/awk" <<END
#!/bin/sh
awks='$awks' found='$work/found' seen='$work/seen' inputs='$work/inputs'
END
cat >>"$work/awk/awk" <<'END'
first=${awks%%,*}
program=
files=
skip=
for argument; do
    case $skip in
    program)
        program=$argument
        echo "$argument" >>"$seen"
        skip= ;;
    value) skip= ;;
    files)
        case $argument in
        -) ;;
        [a-zA-Z_]*=*) ;;
        *)
            files=yes
            [ ! -p "$argument" ] || exec $first "$@" ;;
        esac ;;
    *)
        case $argument in
        -f) skip=program ;;
        -v | -F) skip=value ;;
        -[vF]*) ;;
        *)
            skip=files
            if [ -n "$program" ]; then
                case $argument in *=*) ;; *) files=yes ;; esac
                [ ! -p "$argument" ] || exec $first "$@"
            else
                program=$argument
            fi ;;
        esac ;;
    esac
done
here=$(mktemp -d "$inputs/XXXXXX") || exit 9
trap 'rm -rf "$here"' EXIT
input=/dev/null
case $program in
'BEGIN {'*) ;;
*)
    if [ -z "$files" ]; then
        input=$here/input
        cat >"$input"
    fi ;;
esac
IFS=,
set -f
number=0
for awk in $awks; do
    number=$((number + 1))
    unset IFS
    $awk "$@" <"$input" >"$here/$number" 2>"$here/errors.$number"
    echo "status $?" >"$here/status.$number"
    if ! cmp -s "$here/1" "$here/$number" || ! cmp -s "$here/errors.1" "$here/errors.$number" ||
        ! cmp -s "$here/status.1" "$here/status.$number"; then
        {
            printf '%s: ' "$awk"
            printf '%s ' "$@" | head -c 300
            echo
            cat "$here/errors.$number"
            cat "$here/status.1" "$here/status.$number"
            diff "$here/1" "$here/$number" | head -n 5
        } >>"$found"
    fi
done
cat "$here/1"
cat "$here/errors.1" >&2
read -r word status <"$here/status.1"
exit "$status"
END
chmod +x "$work/awk/awk"

# --- each script ---

IFS=,
for shell in $shells; do
    unset IFS
    : >"$work/wrong"
    for script in tests/*.sh tests/*/*.sh .ci/run; do
        $shell -n "$script" 2>>"$work/wrong" || echo "$script" >>"$work/wrong"
    done
    [ ! -s "$work/wrong" ]
    tell $? "$shell takes every script" "$work/wrong"
done

# run SCRIPT ARGUMENT...: with the sh of the moment; it says neither "not ok" nor anything on standard error.
run() {
    : >"$work/found"
    attend sh "$@" >"$work/output" 2>"$work/errors"
    status=$?
    [ $status -eq 0 ] && ! grep -q '^not ok' "$work/output" && [ ! -s "$work/found" ]
    tell $? "$shell: sh $*" "$work/found" "$work/output" "$work/errors"
}

# With gcov's word on a small program for tests/coverage.awk, and a few lines for the two programs that take minutes.
others() {
    : >"$work/found"
    mkdir -p "$work/coverage/kmod"
    printf 'int half(int n);\nint half(int n)\n{\n    if (n > 3)\n        return n / 2;\n    return 0;\n}\nint main(void) { return half(2); }\n' \
        >"$work/coverage/kmod/half.c"
    (cd "$work/coverage" && gcc --coverage -O0 -o half kmod/half.c && ./half && gcov -b -c ./*half.gcno >/dev/null 2>&1) &&
        awk -v LINES=10 -v BRANCHES=10 -f tests/coverage.awk tests/coverage.exceptions "$work/coverage/half.c.gcov" >"$work/output"
    printf '%s\n' one two >"$work/names"
    printf '%s\n' '2 + ok 1 - a' '1 + 1..2' '1 + ok 1 - b # SKIP why' '1 + not ok 2' '2 + 1..1' '2 . 0' '1 . 1' >"$work/events"
    awk -f tests/tap.awk "$work/names" "$work/events" >"$work/output"
    printf 'gcc-O0-fp 0 98 98 0 0 0 3 3\ngcc-O0-fp 1 50 48 2 0 0 0 0\nclang-O0-nofp 0 was not built\n' |
        awk -v programs=3 -v seed=1 -f tests/accuracy/summary.awk >"$work/output"
    [ ! -s "$work/found" ]
    tell $? 'awk: what is given to it here' "$work/found"
}

unset IFS
paths=$PATH
IFS=,
for shell in $shells; do
    unset IFS
    printf '#!/bin/sh\nexec %s "$@"\n' "$shell" >"$work/sh/sh"
    chmod +x "$work/sh/sh"
    # Once is enough for awk.
    if [ -e "$work/seen" ]; then
        PATH=$work/sh:$paths
    else
        PATH=$work/sh:$work/awk:$paths
        others
    fi
    for name in recursion canary smp; do
        run tests/kernel.sh $name
    done
    for test in kernels check readme header packages runner; do
        run tests/$test.sh
    done
    run tests/bench/stack.sh
    run tests/decoder.sh gcc -O2 -fno-pie -fomit-frame-pointer
    if command -v gdb >/dev/null; then
        run tests/oracle/crash.sh recursion
        TARGET='-m32 -march=i386 -mgeneral-regs-only -ffreestanding -fno-pie -fno-stack-protector' run tests/accuracy/run.sh clang-O2-nofp/0
    fi
done
PATH=$paths

# --- each awk program ---

if command -v gdb >/dev/null; then
    find tests -name '*.awk' | sort >"$work/programs"
    sed 's|.*tests/|tests/|; s|tests/bench/\.\./||' "$work/seen" | sort -u | comm -23 "$work/programs" - >"$work/missed"
    [ ! -s "$work/missed" ]
    tell $? 'every awk program was run' "$work/missed"
else
    skip 'every awk program was run' 'there is no gdb'
fi
plan
