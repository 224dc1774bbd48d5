#!/bin/sh
# test: ksg_install finds a symbol table of another build, or one that the kernel has written over, and does not mind code that was patched
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/tap.sh
root=$PWD
flags="-m32 -march=i386 -mgeneral-regs-only -O2 -std=c11 -ffreestanding -fno-pie -fno-stack-protector
       -fcf-protection=none -fno-omit-frame-pointer -fno-asynchronous-unwind-tables -I$root/kmod -I$root/boot"
cd "$work" || exit 2

# The kernel: it says what ksg_install and ksg_verify say, and crashes. PATCH: what it does to itself before that; LATER:
# between the two.
cat >main.c <<'END'
#include "kernel.h"

int work(int x);
void last(int x);

static volatile int turns = 1;

static void KSG_CALL finish(void *context)
{
    (void)context;
    exit_machine(EXIT_REPORTED);
}

void crash(int x)
{
    volatile int room[4] = {x};

    if (turns)
        crash(x + room[0]);
    turns--;
}

void poke(void (*function)(void), unsigned from, unsigned count, int byte)
{
    for (unsigned i = 0; i < count; i++)
        ((volatile uint8_t *)function)[from + i] = (uint8_t)byte;
}

static void run(void)
{
    last(work(1));
}

void scenario(void)
{
    struct ksg_config config = {.finish = finish};

    PATCH;
    console_print("install ");
    console_hex((uint32_t)ksg_install(&config));
    LATER;
    console_print(" verify ");
    console_hex((uint32_t)ksg_verify());
    console_print("\n");
    thread_run("worker", 0x1000, run);
}
END

# c_function NAME FACTOR: some code.
c_function() {
    echo "volatile int sink_$1; int $1(int x);"
    echo "int $1(int x) { for (int i = 0; i < x; i++) sink_$1 += i * $2 + x % 7; sink_$1 ^= x / 3; return sink_$1; }"
}
{
    echo 'int work(int x);'
    for name in a b c d e f; do c_function $name 11; done
    echo 'int work(int x) { return a(x) + b(x) + c(x) + d(x) + e(x) + f(x); }'
} >middle.c
{
    for name in p q r; do c_function $name 13; done
    echo 'void crash(int x); void last(int x); void last(int x) { crash(x + p(x) + q(x)); sink_r++; }'
    c_function s 17
    c_function t 19
} >end.c
c_function added 5 >added.c
echo >nothing.c

# compile NAME FLAG...: of NAME.c.
compile() {
    name=$1
    shift
    # shellcheck disable=SC2086
    gcc $flags "$@" -c -o "$name.o" "$name.c"
}
for name in middle end added nothing; do
    compile $name || exit 2
done

script=$root/linker.ld
# link OUT FIRST ADDED OBJECT...: a kernel with another object in front, one in the middle, and more at the end.
link() {
    out=$1
    first=$2
    added=$3
    shift 3
    ld -m elf_i386 -T "$script" -Map="$out.map" -o "$out" "$first.o" "$BUILD"/boot/*.o main.o "$added.o" middle.o \
        "$BUILD/ksg.o" end.o "$@"
}

# boots WHAT STATUS ELF: install and verify say this status, or "STATUS STATUS", each its own. The log is in "log".
boots() {
    timeout 20 "$QEMU" -kernel "$3" -m 64 -nodefaults -display none -no-reboot \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -serial file:log >qemu 2>&1
    tr -d '\r' <log >lines
    grep -qxF "install ${2% *} verify ${2#* }" lines
    tell $? "$1: ksg_install and ksg_verify" lines qemu
}

# says WHAT WORDS
says() {
    grep -qF -e "$2" lines
    tell $? "$1: $2" lines
}

# keeps_silent WHAT WORDS
keeps_silent() {
    ! grep -F -e "$2" lines >found
    tell $? "$1: not a word of $2" found
}

named() {
    keeps_silent "$1" 'lost: symbols'
    says "$1" 'k!crash+0x'
    says "$1" 'k!last+0x'
}

nameless() {
    says "$1" 'lost: symbols: the table was made from another build than this kernel'
    keeps_silent "$1" 'k!'
}

# other WHAT FIRST ADDED LAST: the table is the usual build's, the kernel is another's.
other() {
    link other.elf "$2" "$3" "$4.o" symbols.o || exit 2
    ! "$BUILD/ksgsym" --check other.elf 2>/dev/null
    tell $? "$1: ksgsym --check sees it as well"
    boots "$1" 0000001e other.elf
    nameless "$1"
}

compile main -DPATCH= -DLATER= || exit 2
link first.elf nothing nothing nothing.o || exit 2
"$BUILD/ksgsym" --map first.elf.map --name k -o symbols.o first.elf || exit 2
link kernel.elf nothing nothing nothing.o symbols.o || exit 2
boots "the same build" 00000000 kernel.elf
named "the same build"

# Of three functions in a row the second link changes what they hold: the end of the kernel, and where the table is.
cat >ends.c <<'END'
__asm__(".macro names name, what\n.globl \\name\n.type \\name, @function\n\\name:\n"
        ".skip 14, 0x90\nmovl $\\what, %eax\n.skip 12, 0x90\nret\n.size \\name, . - \\name\n.endm\n"
        "names one, kernel_end\nnames two, kernel_end\nnames three, kernel_end\nnames four, ksg_symbol_table\n");
END
compile ends || exit 2
sed 's|^    .DISCARD.|    kernel_end = .;\
&|' "$root/linker.ld" >ends.ld
script=ends.ld
link first.elf nothing nothing nothing.o ends.o || exit 2
"$BUILD/ksgsym" --map first.elf.map --name k -o ends.symbols.o first.elf || exit 2
link kernel.elf nothing nothing nothing.o ends.o ends.symbols.o || exit 2
boots "code that names the end of the kernel" 00000000 kernel.elf
named "code that names the end of the kernel"
script=$root/linker.ld

other "a function more in front" added nothing nothing
other "a function more in the middle" nothing added nothing

sed 's/x \/ 3/x \/ 3 + (x \& 1 ? sink_c * 5 : sink_d - 77)/' middle.c >changed.c
cp middle.c middle.before
{ echo 'extern volatile int sink_c, sink_d;'; cat changed.c; } >middle.c
compile middle || exit 2
other "functions that have changed" nothing nothing nothing
cp middle.before middle.c
compile middle || exit 2

{ c_function n 23; cat end.c; } >changed.c
cp end.c end.before && cp changed.c end.c && compile end || exit 2
other "a function more in the last object" nothing nothing nothing
cp end.before end.c && compile end || exit 2

# patched WHAT PATCH STATUS [LATER]: the table of the usual build, and code or a table that is changed. (A line's end would end
# what a macro stands for.)
patched() {
    compile main "-DPATCH=$(echo "$2" | tr '\n' ' ')" "-DLATER=$(echo "${4-}" | tr '\n' ' ')" &&
        link first.elf nothing nothing nothing.o &&
        "$BUILD/ksgsym" --map first.elf.map --name k -o symbols.o first.elf &&
        link patched.elf nothing nothing nothing.o symbols.o || exit 2
    boots "$1" "$3" patched.elf
}
pokes='extern void thread_start(void), idt_init(void), pic_init(void), gdt_init(void), paging_init(void), user_init(void);'
patched "beginnings, middles, ends" "$pokes"'
    poke(pic_init, 0, 5, 0x90); poke(gdt_init, 10, 5, 0x90); poke(idt_init, 20, 5, 0x90); poke(paging_init, 30, 5, 0x90);
    poke(paging_init, 60, 5, 0x90); poke(user_init, 0, 1, 0xcc)' 00000000
named "beginnings, middles, ends"
patched "a whole function" "$pokes"' poke(paging_init, 0, 80, 0x90)' 00000000
named "a whole function"
patched "a table that is damaged" 'extern uint8_t ksg_symbol_table[]; ksg_symbol_table[77] ^= 1' 00000006
says "a table that is damaged" 'lost: symbols: the table is damaged'

patched "a table that is damaged later" '' '00000000 00000006' 'extern uint8_t ksg_symbol_table[]; /* the last byte */
    for (int i = 0; i < 100 && ksg_verify() == KSG_OK; i++)
        ksg_symbol_table[((uint32_t *)ksg_symbol_table)[2] - 1] ^= i == 10'
says "a table that is damaged later" 'lost: symbols: the table is damaged'

# The kernel takes memory from a symbol that lies in front of the table: "end".
table='extern uint8_t ksg_symbol_table[]; uint32_t size = ((uint32_t *)ksg_symbol_table)[2];'
cleared="$table for (uint32_t i = 0; i < size; i++) ksg_symbol_table[i] = 0;"
half="$table for (uint32_t i = 0; i < size / 2; i++) ksg_symbol_table[size / 2 + i] = 0;"
block="$table for (uint32_t i = 0; i < 64; i++) ksg_symbol_table[size / 2 + i] = (uint8_t)i;"
# found WHAT INSTALL PATCH [LATER]
found() {
    patched "$1" "$3" "$2" "${4-}"
    says "$1" 'lost: symbols: the table is damaged'
    keeps_silent "$1" 'k!'
}
later='for (int i = 0; i < 100 && ksg_verify() == KSG_OK; i++) ;'
found "boot code that clears up to the end" 00000006 "$cleared"
found "boot code that clears half of it" 00000006 "$half"
found "a heap that begins there" 00000006 "$block"
found "boot code that clears up to the end later" '00000000 00000006' '' "$cleared"
found "boot code that clears half of it later" '00000000 00000006' '' "$half $later"
found "a heap that gets there later" '00000000 00000006' '' "$block $later"

plan
