#!/bin/sh
# test: ksgsym --check finds a symbol table that no loader loads, that is cleared with bss, or that the kernel's heap gets
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
ksgsym=$BUILD/ksgsym
cd "$work" || exit 2

cat >kernel.c <<'END'
char end_of_heap[64], data_end_copy[4] = {1}, kernel_end_variable;
const char *begin(int x) { return x ? "a string that lies in .rodata.str1.1" : &end_of_heap[x]; }
END
cat >variables.c <<'END'
unsigned kernel_end[4], edata;
unsigned sum(int x) { return kernel_end[x] + edata; }
END
printf '.text\n.globl end\nnop\nend: ret\n.section .note.GNU-stack\n' >label.s
flags="-m32 -O1 -ffreestanding -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables"
for source in kernel variables; do
    # shellcheck disable=SC2086
    gcc $flags -c -o $source.o $source.c || exit 2
done
as --32 -o label.o label.s || exit 2

# link SECTIONS [OBJECT...]: kernel.elf, linked twice with this part of a linker script.
link() {
    printf 'ENTRY(begin)\n%s\nSECTIONS { . = 0x100000; %s /DISCARD/ : { *(.comment) *(.note*) } }\n' "$segments" "$1" >script.ld
    shift
    ld -m elf_i386 -T script.ld -o first.elf kernel.o "$@" >said 2>&1 && "$ksgsym" -o symbols.o first.elf >>said 2>&1 &&
        ld -m elf_i386 -T script.ld -o kernel.elf kernel.o "$@" symbols.o >>said 2>&1 || tell 1 'the link' said
}
segments=

# passes WHAT [OPTION...]: what was linked last.
passes() {
    what=$1
    shift
    "$ksgsym" --check "$@" kernel.elf >said 2>&1
    tell $? "$what" said
}

# refused WHAT WORDS [OPTION...]
refused() {
    what=$1 words=$2
    shift 2
    "$ksgsym" --check "$@" kernel.elf >said 2>&1
    [ $? -eq 1 ] && [ "$(grep -c '' said)" -eq 1 ] && grep -qE -e "$words" said && grep -q '^ksgsym: .*[^.?!]\.$' said
    tell $? "$what ($words)" said
}

# at SYMBOL: its value, eight digits.
at() {
    nm kernel.elf | awk -v symbol="$1" '$3 == symbol { print $1 }'
}

text='.text : { *(.text) }'
constants='.rodata : { *(.rodata .rodata.*) }'
data='.data : { *(.data) }'
bss='.bss : { *(.bss) *(COMMON) }'
table='.ksg_symbols : { *(.ksg_symbols) }'

# --- where the kernel's end is ---

link "$text $constants $data $bss $table"
passes 'a script without symbols'
link "$text $constants $data $bss $table end = .;"
passes 'end behind the table'
link "$text $constants $data $bss $table . = ALIGN(4096); _kernel_end = .;"
passes 'the end on the next page'
for name in end _end __end kernel_end _kernel_end KERNEL_END kernelEnd endkernel end_kernel __heap_start; do
    link "$text $constants $data $bss $name = .; $table"
    refused "the table behind $name" "symbol table at $(at ksg_symbol_table), behind $name,.* let the linker script set $name behind"
done
link "$text $constants $data $bss . = ALIGN(4096); end = .; $table"
refused 'a table that begins where the end is' 'behind end,'
link "$text $data $bss $table end = .;"
refused 'constants without an output section' "has \.rodata\.str1\.[14] at [0-9a-f]*, behind end,.* place \*\(\.rodata \.rodata\.\*\) in front of end\."
link "$text $constants $data $bss $table" variables.o
passes 'variables that are called so'
link "$text $constants $data $bss $table" label.o
passes 'a label among the code that is called so'

# --- what is cleared ---

link "$text $constants $data edata = .; $bss $table end = .;"
refused 'between edata and end' 'between edata and end, which a kernel clears'
link "$text $constants $data _edata = .; __bss_start = .; $bss $table _end = .;"
refused 'between __bss_start and _end' 'between __bss_start and _end, which a kernel clears'
link "$text $constants $data edata = .; __bss_start = .; $bss __bss_end = .; $table end = .;"
passes 'between __bss_end and end, where the bss has symbols of its own'
link "$text $constants $data sbss = .; $bss $table ebss = .; end = .;"
refused 'between sbss and ebss' 'between sbss and ebss'
link "$text $constants $data $table edata = .; $bss end = .;"
passes 'in front of edata'

# --- a kernel in the higher half ---

high='. = 0xc0100000; .text : AT(ADDR(.text) - 0xc0000000) { *(.text) } .rodata : AT(ADDR(.rodata) - 0xc0000000) { *(.rodata .rodata.*) }
    .data : AT(ADDR(.data) - 0xc0000000) { *(.data) } .bss : AT(ADDR(.bss) - 0xc0000000) { *(.bss) }'
high_table='.ksg_symbols : AT(ADDR(.ksg_symbols) - 0xc0000000) { *(.ksg_symbols) }'
link "$high $high_table kernel_virtual_end = .; kernel_physical_end = . - 0xc0000000;"
passes 'both of its ends are behind the table'
link "$high kernel_physical_end = . - 0xc0000000; $high_table"
refused 'its physical end is not' "symbol table at 0010[0-9a-f]*, behind kernel_physical_end"
link "$high kernel_end = .; $high_table"
refused 'its end is not' "symbol table at c010[0-9a-f]*, behind kernel_end"
link ".boot : { LONG(0) } $(echo "$high" | sed 's/0xc0100000/0xc0101000/') $high_table kernel_end = .; kernel_physical_end = . - 0xc0000000;"
passes 'with a section that is in the lower half'

# --- what a loader takes ---

link "$text $constants $data $bss .ksg_symbols (INFO) : { *(.ksg_symbols) }"
refused 'a section that is not allocated' 'in no segment that a loader loads'
link "$text $constants $data $bss .ksg_symbols (NOLOAD) : { *(.ksg_symbols) }"
refused 'a section without contents' 'symbol table in \.ksg_symbols, which has no contents'
segments='PHDRS { all PT_LOAD; more PT_NOTE; }'
link ".text : { *(.text) } :all $constants $data $bss $table :more"
refused 'a segment that is not loaded' 'in no segment that a loader loads'
segments=

# header FLAGS LOAD_END: a Multiboot header with addresses, as the first section.
header() {
    printf '.multiboot : { header = .; LONG(0x1badb002) LONG(%s) LONG(-(0x1badb002 + %s)) LONG(header) LONG(header) LONG(%s) LONG(0) LONG(begin) }' \
        "$1" "$1" "$2"
}
link "$(header 0x10000 load_end) $text $constants $data load_end = .; $bss $table"
refused 'a Multiboot header that ends the load in front of bss' 'loader (puts its symbol table at|loads it up to)'
segments='PHDRS { all PT_LOAD; symbols PT_LOAD; }'
link "$(header 0x10000 0) :all $text $constants $data .bss : { *(.bss) . += 8192; } $table :symbols"
refused 'a file that is loaded whole, where bss takes no room' "puts its symbol table at [0-9a-f]*, not at $(at ksg_symbol_table)"
segments=
link "$(header 0x10000 load_end) $text $constants $data load_end = .; $table $bss"
refused 'a load that ends in front of the table' "loads it up to $(at load_end), and its symbol table is at $(at ksg_symbol_table)"
link "$(header 0x10000 load_end) $text $constants $data $table load_end = .; $bss"
passes 'a load that takes the table'
link "$(header 3 load_end) $text $constants $data load_end = .; $bss $table"
passes 'a header without addresses: the segments count'

link "$text $constants $data $bss $table"
objcopy -O binary kernel.elf kernel.bin
passes 'a flat image' --image kernel.bin
objcopy -O binary -R .ksg_symbols kernel.elf less.bin
refused 'a flat image without the table' 'less\.bin does not hold the symbol table of kernel\.elf' --image less.bin
objcopy -O binary -R .text kernel.elf less.bin
refused 'a flat image that begins later' 'less\.bin does not hold' --image less.bin
: >empty.bin
refused 'an empty image' 'empty\.bin does not hold' --image empty.bin
refused 'no image' 'nothing\.bin cannot be read' --image nothing.bin

plan
