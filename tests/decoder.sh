#!/bin/sh
# test: the instruction decoder, call_before and prologue_state against what binutils and compilers say of the same code
#
# objdump says what each instruction is (expected.awk), unwind information where the return address is (truth.awk). Each
# compiler builds samples.c and some of kmod/ in several ways; the figures of each kind of build are shown behind "#".
set -u
cd "$(dirname "$0")/.." || exit 2
LC_ALL=C
export LC_ALL
: "${HOSTCC:=${CC:-gcc}}"
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
count=0

ADDRESS=100000 # where code is linked to
DECODERS='kmod/instruction.c kmod/call.c kmod/shape.c kmod/flow.c kmod/way.c kmod/jump_table.c kmod/popped.c kmod/kept_esp.c kmod/thunk.c
          kmod/prologue.c kmod/memory.c kmod/crc.c'
SOURCES="tests/decoder/samples.c tests/decoder/externals.c $DECODERS"
SANITIZERS='-fsanitize=address,undefined -fno-sanitize-recover=all'
# Percent of the places in functions with and without EBP frames of which prologue_state has to be sure. What is
# measured is shown, and better; every version of a compiler differs.
DECIDED_FRAMED=90
DECIDED_FRAMELESS=80
# Of a thousand addresses that are no return addresses: so many at most may seem to have a CALL before them.
CALLS_IN_1000=15

# check WHAT COMMAND...: succeeds if the command does. What that says is shown.
check() {
    what=$1
    shift
    count=$((count + 1))
    if "$@" >"$work/output" 2>&1; then
        echo "ok $count - $what"
    else
        echo "not ok $count - $what"
    fi
    sed 's/^\(# \)*/# /' "$work/output" | head -20
}

skip() {
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

# What objdump says of an image or object, one instruction a line.
disassemble() {
    objdump -w -M intel --insn-width=16 "$@" | awk -f tests/decoder/expected.awk
}

# instructions IMAGE: the decoder says of all in expected what objdump says. What objdump calls bad the CPU may take all
# the same: reserved encodings.
instructions() {
    cut -d' ' -f1-8 "$work/expected" >"$work/objdump" &&
        "$work/list" instructions "$1" $ADDRESS <"$work/objdump" | paste -d'|' "$work/objdump" - | awk -F'|' '
        $1 ~ / bad$| wait / { next }
        { instructions++ }
        $1 != $2 { print "objdump: " $1 ", decoder: " $2; wrong = 1 }
        END { print instructions + 0 " instructions"; exit wrong || !instructions }'
}

# What is left out of the forms: VEX and its kin, 3DNow!, SSE4a, SHA, TSX and a few younger still. And nops.
BEYOND='v|pf|femms|extrq|insertq|sha|x(begin|abort)|aadd|ptwrite|incssp'

# Every opcode of both maps with many operands and prefixes.
forms() {
    "$work/list" forms >"$work/image" &&
        objdump -D -b binary -m i386 --adjust-vma=0x$ADDRESS -w -M intel --insn-width=16 "$work/image" |
        grep -Ev "	nop\$|	([a-z0-9]+ )*($BEYOND)" |
        awk -f tests/decoder/expected.awk >"$work/expected" &&
        instructions "$work/image"
}

# Assembly of a CALL in all its forms.
calls_source() {
    echo '.intel_syntax noprefix'
    echo 'back: nop'
    for register in eax ecx edx ebx esp ebp esi edi; do
        for memory in "$register" "$register+0x12" "$register-0x12" "$register+0x12345678"; do
            echo "call [$memory]"
            echo "call fword ptr [$memory]"
            for segment in cs es fs gs; do
                echo "call $segment:[$memory]"
            done
        done
        echo "call $register"
        echo "notrack call $register"
        [ $register != esp ] || continue
        for scale in 1 2 4 8; do
            echo "call [$register*$scale+0x12345678]"
            for base in eax ebx esp ebp edi; do
                echo "call [$base+$register*$scale]"
                echo "call [$base+$register*$scale+0x12]"
                # Its SIB byte is E8: the five bytes from there on are a shorter CALL.
                [ $base$register$scale = eaxebp8 ] || echo "call [$base+$register*$scale+0x12345678]"
                echo "call fword ptr [$base+$register*$scale-0x12]"
                echo "call gs:[$base+$register*$scale+0x12]"
            done
        done
    done
    for segment in cs ds es ss fs gs; do
        echo "call $segment:[0x12345678]"
        echo "call fword ptr $segment:[0x12345678]"
    done
    for memory in bx+si bx+di bp+si bp+di si di bx bx+si+0x12 di+0x12 bp+0x12 si+0x1234 bp+0x1234; do
        echo "call dword ptr ds:[$memory]"
    done
    echo 'call back; call forth; call 0x12345678; notrack call dword ptr [eax]; call ax; call word ptr [ebx+0x12]'
    echo '.att_syntax'
    echo 'lcall $8, $0x12345678; lcallw $8, $0x1234; .byte 0x66, 0xe8, 0x34, 0x12; .byte 0xf2; call forth'
    echo 'data16 lcall *(%eax)'
    echo 'addr16 call *0x1234; addr16 lcall *0x1234; .byte 0x67, 0x66, 0xff, 0x16, 0x34, 0x12'
    echo 'forth: nop'
}

# returns IMAGE: call_before finds each CALL of expected, a direct one also when it does not know the target; and few
# where there are none.
returns() {
    awk '
        function value(text,    i, sum) {
            for (i = 1; i <= length(text); i++)
                sum = sum * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return sum
        }
        {
            if (site) {
                print $1, (kind == "call" ? target : 0), kind, site, target, pointer
                print $1, 0, kind, site, target, pointer
            } else if (NR > 8) { # before that not all bytes are there
                print $1, 0, "none - - -"
            }
            site = $3 ~ /^(call|icall|fcall)$/ ? $1 : ""
            kind = $3
            target = $6
            pointer = $7
            for (i = 1; i < $2 && NR > 8; i++)
                print sprintf("%x", value($1) + i), 0, "none - - -"
        }' "$work/expected" >"$work/asked" &&
        "$work/list" calls "$1" $ADDRESS <"$work/asked" | paste -d' ' "$work/asked" - | awk -v most=$CALLS_IN_1000 '
        $3 == "none" { others++; seeming += $8 != "none"; next }
        {
            returns++
            found = $8 == ($3 == "icall" ? "indirect" : "direct") && $10 == $5 && $11 == $6
            if (!found) {
                print "wrong: " $0
                wrong = 1
            }
        }
        END {
            printf "%d asked for, all found; a CALL seems to stand before %d of %d other addresses, %.2f %%\n", returns,
                seeming, others, seeming * 100 / (others + !others)
            exit wrong || !returns || seeming * 1000 > others * most
        }'
}

calls() {
    calls_source >"$work/calls.s" && as --32 -o "$work/calls.o" "$work/calls.s" &&
        link_objects "$work/calls.o" && disassemble -d "$work/code" >"$work/expected" && instructions "$work/image" &&
        CALLS_IN_1000=1000 returns "$work/image" # between the bytes of so many CALLs there are many more
}

# The objects, linked, in code; the bytes of its .text in image.
link_objects() {
    ld -m elf_i386 -e 0 -Ttext=0x$ADDRESS -z muldefs --unresolved-symbols=ignore-all -o "$work/code" "$@" \
        2>"$work/ld.log" && objcopy -O binary -j .text "$work/code" "$work/image"
}

# build COMPILER OPTIONS...: everything of SOURCES, ready to be looked at.
build() {
    rm -f "$work"/*.o
    for source in $SOURCES; do
        "$@" -m32 -std=gnu11 -w -ffreestanding -fno-stack-protector -fasynchronous-unwind-tables -mgeneral-regs-only \
            -Ikmod -c -o "$work/$(basename "$source" .c).o" "$source" || return
    done
    link_objects "$work"/*.o && disassemble -d -j .text "$work/code" >"$work/expected"
}

# states PERCENT: prologue_state is never wrong where it says exact, which it does at so many places at least.
states() {
    readelf --debug-dump=frames-interp "$work/code" >"$work/frames" 2>/dev/null
    nm "$work/code" | awk '
        { start[$3] = $1; pieces[NR] = $3 }
        END {
            for (i = 1; i <= NR; i++) {
                name = piece = pieces[i]
                if (sub(/\.cold(\.[0-9]+)?$/, "", name) && name in start)
                    print start[piece], start[name]
            }
        }' >"$work/pieces"
    awk -f tests/decoder/truth.awk "$work/pieces" "$work/frames" "$work/expected" >"$work/truth" &&
        "$work/list" states "$work/image" $ADDRESS <"$work/truth" | paste -d' ' "$work/truth" - |
        awk -v least="$1" -f tests/decoder/judge.awk
}

# look PERCENT COMPILER OPTIONS...: all that there is to say of one kind of build.
look() {
    least=$1
    shift
    if ! "$@" -m32 -ffreestanding -c -o "$work/empty.o" -x c /dev/null 2>/dev/null; then
        skip "$*" "there is no $1, or it does not know that"
        return
    fi
    check "$*: is built" build "$@"
    check "$*: instructions" instructions "$work/image"
    check "$*: return addresses" returns "$work/image"
    check "$*: states" states "$least"
}

# sanitized NAME: that unit test reads nothing that is not there, random bytes or not.
sanitized() {
    # shellcheck disable=SC2086
    "$HOSTCC" -std=c11 -O1 -g $SANITIZERS -Ikmod -o "$work/$1" "tests/unit/$1.c" $DECODERS &&
        "$work/$1" >"$work/tap" 2>&1 && return
    grep -v ^ok "$work/tap"
    return 1
}

# shellcheck disable=SC2086
check 'tests/decoder/list.c is built' "$HOSTCC" -std=c11 -O2 -Ikmod -o "$work/list" tests/decoder/list.c $DECODERS
if [ $# -gt 0 ]; then # only this kind of build
    look 0 "$@"
    echo "1..$count"
    exit
fi
check 'every form of every opcode' forms
check 'every form of CALL' calls
echo 'int main(void) { return 0; }' >"$work/main.c"
for unit in instruction call prologue; do
    # shellcheck disable=SC2086
    if "$HOSTCC" $SANITIZERS -o "$work/main" "$work/main.c" 2>/dev/null; then
        check "tests/unit/$unit.c under the sanitizers" sanitized $unit
    else
        skip "tests/unit/$unit.c under the sanitizers" "$HOSTCC has none"
    fi
done
for compiler in gcc clang; do
    for level in -O0 -O1 -O2 -Os; do
        look $DECIDED_FRAMED $compiler $level -fno-pie -fno-omit-frame-pointer
        look $DECIDED_FRAMELESS $compiler $level -fno-pie -fomit-frame-pointer
    done
    look $DECIDED_FRAMED $compiler -O2 -march=i386 -fno-pie -fno-omit-frame-pointer
    look $DECIDED_FRAMELESS $compiler -O2 -march=i386 -fno-pie -fomit-frame-pointer
    look $DECIDED_FRAMELESS $compiler -O2 -fPIC -fcf-protection -fomit-frame-pointer
    look $DECIDED_FRAMELESS $compiler -O1 -fno-pie -fstack-clash-protection -fomit-frame-pointer
    look $DECIDED_FRAMED $compiler -O1 -fno-pie -mstackrealign -fno-omit-frame-pointer
    look $DECIDED_FRAMELESS $compiler -O2 -fno-pie -fstack-clash-protection -fomit-frame-pointer
    look $DECIDED_FRAMED $compiler -O2 -fno-pie -pg -mfentry -fcf-protection -fno-omit-frame-pointer
done
look $DECIDED_FRAMELESS gcc -O1 -fno-pie -maccumulate-outgoing-args -fomit-frame-pointer
look $DECIDED_FRAMELESS gcc -O2 -fno-pie -mpreferred-stack-boundary=2 -mregparm=3 -fomit-frame-pointer

echo "1..$count"
