#!/bin/sh
# test: a CPU that crashes during another one's report waits for as long as that goes on, and not for one that is stuck
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}" "${CC:=gcc}"
. tests/tap.sh
flags="-m32 -march=i386 -mgeneral-regs-only -O2 -std=c11 -ffreestanding -fno-pie -fno-stack-protector
       -fcf-protection=none -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -Ikmod -Iarch/i386 -Iboot"

# The module with less patience, so that this need not take minutes: 2^20 pauses.
sed 's/^#define PAUSES_MOST .*/#define PAUSES_MOST 0x100000u/' arch/i386/stage.c >"$work/stage.c"
grep -q '0x100000u$' "$work/stage.c"
tell $? 'the constant is there'
module=$(for source in kmod/*.c arch/i386/*.c arch/i386/*.asm; do
    case $source in
    */stage.c | */builtin.c) ;;
    *.c) echo "$BUILD/${source%.c}.o" ;;
    *) echo "$BUILD/$source.o" ;;
    esac
done)

# The first CPU reports, and needs LINE pauses for each line, but for the second TENTH; the other one crashes then.
cat >"$work/main.c" <<'CODE'
#include "kernel.h"

static volatile unsigned lines;

static void KSG_CALL finish(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

static void KSG_CALL write(void *context, const char *text, unsigned length)
{
    unsigned pauses = ++lines == 10 ? TENTH : LINE;

    (void)context;
    while (pauses-- > 0)
        __asm__ volatile("pause");
    while (length-- > 0)
        console_put(*text++);
}

static void second(void)
{
    static struct ksg_cpu room;

    if (ksg_install_cpu(&room) != KSG_OK)
        kernel_panic("the second CPU");
    while (lines == 0)
        __asm__ volatile("pause");
    ksg_overflow();
}

void scenario(void)
{
    static struct ksg_stack stack = {.name = "second"};
    struct ksg_config config = {.write = write, .finish = finish};

    kernel_install(&config);
    stack.limit = page_allocate(2) + PAGE_SIZE;
    stack.base = stack.limit + PAGE_SIZE;
    page_unmap(stack.limit - PAGE_SIZE);
    ksg_add_stack(&stack);
    cpu_start(second, stack.base);
    ksg_report(0, "the first's");
    for (;;)
        __asm__ volatile("pause");
}
CODE

# boot LINE TENTH: in a QEMU whose CPUs take turns, so that one's pauses are as long as the other's. The log is in "log".
boot() {
    # shellcheck disable=SC2086
    $CC $flags -c -o "$work/stage.o" "$work/stage.c" && $CC $flags "-DLINE=$1" "-DTENTH=$2" -c -o "$work/main.o" "$work/main.c" &&
        ld -m elf_i386 -T linker.ld -o "$work/kernel.elf" "$BUILD"/boot/*.o "$work/main.o" "$work/stage.o" $module || exit 2
    attend timeout -k 1 120 "$QEMU" -kernel "$work/kernel.elf" -m 64 -nodefaults -display none -no-reboot -smp 2 \
        -accel tcg,thread=single -device isa-debug-exit,iobase=0xf4,iosize=4 -serial "file:$work/log" >"$work/qemu" 2>&1
    [ $? -eq 33 ]
    tell $? "$3: the crash is reported" "$work/qemu"
}

boot 0x40000 0x40000 'a slow report'
sh tests/report.sh "$work/log" 2 >"$work/said" 2>&1
tell $? 'a slow report: both are whole' "$work/said"
boot 0 0x7fffffff 'a report that is stuck'
grep -q 'ran off the end of stack "second"' "$work/log"
tell $? 'a report that is stuck: the crash is told' "$work/log"
plan
