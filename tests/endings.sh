#!/bin/sh
# test: tests/kernel.sh tells apart how a kernel ends: reported, triple fault, hang, another value, an unfinished report
set -u
cd "$(dirname "$0")" || exit 2
. ./tap.sh

# A project of its own, whose kernels are made here.
mkdir -p "$work/tests/kernels" "$work/build/kernels"
cp kernel.sh tap.sh report.sh crc32.sh hex.awk sum.awk arithmetic.awk expect.awk "$work/tests/"

# kernel PORT CODE: prints what comes on standard input at a port, then runs the code.
kernel() {
    cat >"$work/text"
    cat >"$work/kernel.asm" <<END
MULTIBOOT equ 1badb002h

section .text
    dd MULTIBOOT, 0, -MULTIBOOT
global start
start:
    mov esi, text
    mov ecx, text.end - text
    mov edx, $1
    rep outsb
    $2
.hang:
    hlt
    jmp .hang
empty_idt:
    dw 0
    dd 0
text:
    incbin "$work/text"
.end:
section .note.GNU-stack noalloc noexec nowrite progbits
END
    nasm -f elf32 -o "$work/kernel.o" "$work/kernel.asm" &&
        ld -m elf_i386 -Ttext 0x100000 -e start -o "$work/build/kernels/case.elf" "$work/kernel.o"
}

leave() { echo "mov al, $1
    out 0f4h, al"; }
reset='lidt [empty_idt]
    int3'

# A report without frames, complete.
report() {
    printf '======== kstackguard 1.0: TEST ========\n\n' | sh finish.sh
}

# judged WHAT RESULTS TEXT: by the expectation on standard input. RESULTS: how it ends, its report, what it says.
judged() {
    cat >"$work/tests/kernels/case.expect"
    BUILD=$work/build attend sh "$work/tests/kernel.sh" case >"$work/output" 2>&1
    results=$(sed -n 's/^\(ok\|not ok\) .*/\1/p' "$work/output" | paste -s -d, -)
    [ "$results" = "$2" ] && grep -qF -- "$3" "$work/output"
    tell $? "$1" "$work/output"
}

COM1=3f8h
COM2=2f8h
DEBUG_CONSOLE=0e9h

report | kernel $COM1 "$(leave 10h)"
judged 'all is well' ok,ok,ok '1..3' <<'END'
======== kstackguard 1.0: TEST ========
END
judged 'another exit status was expected' 'not ok,ok,ok' 'exit status 33, where 35 was expected' <<'END'
exit: 35
END
judged 'another text was expected' 'ok,ok,not ok' 'not found after line 0 of the log: hello' <<'END'
hello
END
judged 'two reports were expected' 'ok,not ok,ok' 'the log has 1 reports, not 2' <<'END'
reports: 2
END
judged 'an option that QEMU does not know' 'not ok,not ok,not ok' '-nonsense' <<'END'
qemu: -nonsense
======== *
END
judged 'a console that nobody knows' 'not ok' 'unknown console' <<'END'
console: com5
END
report | kernel $COM1 "$reset"
judged 'a triple fault, after a whole report' 'not ok,ok,ok' 'the machine was reset: a triple fault' <<'END'
END
judged 'a triple fault that was expected' ok,ok,ok '' <<'END'
exit: 0
END
report | kernel $COM1 'cli'
judged 'a hang, after a whole report' 'not ok,ok,ok' 'still running after 1 seconds: it hangs' <<'END'
timeout: 1
END
echo hello | kernel $COM1 "$(leave 11h)"
judged 'nothing crashed' 'not ok,not ok,ok' 'scenario() returned: nothing crashed' <<'END'
hello
END
judged 'nothing was to crash' ok,ok,ok '' <<'END'
exit: 35
reports: 0
hello
END
report | sed '$d' | kernel $COM1 "$(leave 10h)"
judged 'an end line that is missing' 'ok,not ok,ok' 'no end line' <<'END'
END
report | kernel $COM2 "$(leave 10h)"
judged 'the second serial line' ok,ok,ok '' <<'END'
console: com2
======== *
END
judged 'which nobody listens to' 'ok,not ok,not ok' 'the log has 0 reports' <<'END'
======== *
END
report | kernel $DEBUG_CONSOLE "$(leave 10h)"
judged 'the debug console' ok,ok,ok '' <<'END'
console: debugcon
======== *
END
rm "$work/build/kernels/case.elf"
judged 'a kernel that was not built' 'not ok' 'there is no' <<'END'
END
report | kernel $COM1 "$(leave 10h)"
mv "$work/build/kernels/case.elf" "$work/build/kernels/other.elf"
BUILD=$work/build attend sh "$work/tests/kernel.sh" other >"$work/output"
grep -qxF 'not ok 1 - there is no tests/kernels/other.expect' "$work/output"
tell $? 'a kernel without an expectation' "$work/output"

plan
