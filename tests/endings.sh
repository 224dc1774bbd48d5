#!/bin/sh
# test: tests/kernel.sh and tests/boot.sh tell apart how a kernel ends: reported, triple fault, hang, another value, an unfinished report
set -u
cd "$(dirname "$0")" || exit 2
. ./tap.sh

# A project of its own, whose kernels are made here.
mkdir -p "$work/tests/kernels" "$work/build/kernels"
cp boot.sh kernel.sh machine.sh tap.sh report.sh crc32.sh hex.awk sum.awk arithmetic.awk expect.awk "$work/tests/"

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

# booted WHAT STATUS TEXT: boot.sh shows the report, says so of it, and has this exit status.
booted() {
    attend sh "$work/tests/boot.sh" "$work/build/kernels/case.elf" >"$work/shown" 2>"$work/output"
    [ $? -eq "$2" ] && grep -q '^======== end of report' "$work/shown" && { [ -z "$3" ] || grep -qF -- "$3" "$work/output"; }
    tell $? "make run: $1" "$work/output" "$work/shown"
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
booted 'the second serial line' 0 ''
judged 'which nobody listens to' 'ok,not ok,not ok' 'the log has 0 reports' <<'END'
======== *
END
report | kernel $DEBUG_CONSOLE "$(leave 10h)"
judged 'the debug console' ok,ok,ok '' <<'END'
console: debugcon
======== *
END
booted 'the debug console' 0 ''
report | kernel $COM1 "$(leave 13h)"
judged 'a report, and then all is well' ok,ok,ok '' <<'END'
exit: 39
END
booted 'a report, and then all is well' 0 ''
rm "$work/tests/kernels/case.expect"
booted 'without an expectation, too' 0 ''
report | kernel $COM1 "$(leave 11h)"
booted 'a report, and then nothing crashed' 1 'the scenario returned'
report | kernel $COM1 "$(leave 14h)"
booted 'a report, and then a check failed' 1 "the kernel's own check failed"
report | kernel $COM1 "$reset"
booted 'a triple fault' 1 'the CPU was reset by a triple fault'
printf 'exit: 0\nreports: 0\n' >"$work/tests/kernels/case.expect"
booted 'a triple fault that was expected' 0 'reset by a triple fault, as it has to; it makes no report'
rm "$work/build/kernels/case.elf"
judged 'a kernel that was not built' 'not ok' 'there is no' <<'END'
END
report | kernel $COM1 "$(leave 10h)"
mv "$work/build/kernels/case.elf" "$work/build/kernels/other.elf"
BUILD=$work/build attend sh "$work/tests/kernel.sh" other >"$work/output"
grep -qxF 'not ok 1 - there is no tests/kernels/other.expect' "$work/output"
tell $? 'a kernel without an expectation' "$work/output"

plan
