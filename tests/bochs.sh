#!/bin/sh
# test: in Bochs, which enforces segment limits and saves RF, the reports are the same as in QEMU
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${NASM:=nasm}" "${OBJCOPY:=objcopy}" "${BOCHS:=bochs}"

SECONDS_EACH=20

# Each stands for a way into the handler. One CPU and COM1 are what Bochs has as the test kernels expect it.
KERNELS='recursion at_touch at_page_fault timer system_call large_frame handler_victim gate_missing stale_cr2 esp_zero
from_user int_8 tr_zero canary report_page_fault'

if ! command -v "$BOCHS" >/dev/null; then
    echo "1..0 # SKIP there is no $BOCHS; sh tests/setup.sh --all installs it"
    exit 0
fi

cat >"$work/bochsrc" <<'END_OF_SETTINGS'
config_interface: textconfig
display_library: term
megs: 64
cpu: model=pentium, ips=50000000, reset_on_triple_fault=0
clock: sync=none
panic: action=fatal
END_OF_SETTINGS
printf 'romimage: file=%s\nlog: %s\n' "$work/kernel.rom" "$work/bochs.log" >>"$work/bochsrc"
# Bochs 3.0 looks for it under another name than Debian, and Bochs before it, have.
vga_bios=/usr/share/bochs/VGABIOS-lgpl-latest
[ ! -e $vga_bios ] || echo "vgaromimage: file=$vga_bios" >>"$work/bochsrc"
# Debian's Bochs is built with its debugger, which waits for commands.
printf 'continue\nquit\n' >"$work/commands"
debugger=
! "$BOCHS" --help 2>&1 | grep -q -- ' -rc ' || debugger="-rc $work/commands"

# boot NAME: the kernel's log goes to $work/log. Bochs catches SIGTERM and does not end then.
boot() {
    : >"$work/log" >"$work/output"
    "$OBJCOPY" -O binary "$BUILD/kernels/$1.elf" "$work/kernel.bin" || return
    entry=$(nm "$BUILD/kernels/$1.elf" | awk '$3 == "entry" { print $1 }')
    "$NASM" -f bin -D KERNEL="'$work/kernel.bin'" -D ENTRY="0x$entry" -o "$work/kernel.rom" tests/bochs/rom.asm || return
    rm -f "$work/bochs.log"
    # shellcheck disable=SC2086
    TERM=linux attend timeout -s KILL $SECONDS_EACH "$BOCHS" -q -f "$work/bochsrc" $debugger \
        "com1: enabled=1, mode=file, dev=$work/log" >"$work/output" 2>&1 </dev/null
    [ $? -ne 137 ] && grep -q 'Shutdown port: shutdown requested' "$work/bochs.log"
}

# setting NAME KEY
setting() {
    sed -n "s/^$2: *//p" "tests/kernels/$1.expect"
}

# Bochs is several packages: what it says when one of them is missing.
incomplete="display library 'term' not available|couldn't open ROM image file"

for name in $KERNELS; do
    boot "$name"
    status=$?
    if [ $tap_count -eq 0 ] && grep -qE "$incomplete" "$work/output"; then
        echo "1..0 # SKIP $BOCHS has no text display or no BIOS; sh tests/setup.sh --all installs it"
        exit 0
    fi
    tell $status "$name: ends by itself" "$work/log"
    reports=$(setting "$name" reports)
    sh tests/report.sh "$work/log" "${reports:-1}" >"$work/wrong" 2>&1
    tell $? "$name: its report is whole, and its sums are right" "$work/wrong"
    nm -S "$BUILD/kernels/$name.elf" >"$work/symbols"
    awk -v symbols="$work/symbols" -f tests/hex.awk -f tests/expect.awk "tests/kernels/$name.expect" "$work/log" >"$work/wrong" 2>&1
    tell $? "$name: says what it has to" "$work/wrong"
done
plan
