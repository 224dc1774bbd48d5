#!/bin/sh
# The deepest use of the handler's stack: gathers who calls whom from the module's objects, for stack.awk.
#
# Calls through pointers are not in the disassembly. They are few, and stand here.
set -eu

build=${BUILD:-build}
here=$(dirname "$0")
calls=$(mktemp)
trap 'rm -f "$calls"' EXIT

objects=$(find "$build/kmod" "$build/arch" -name '*.o' | sort)
for object in $objects; do
    objdump -dr --no-show-raw-insn "$object" | awk -v object="${object%.o}" '
        /^[0-9a-f]+ <.*>:$/ { caller = substr($2, 2, length($2) - 3) }
        $2 ~ /^(call|jmp)/ && $NF ~ /^<.*>$/ {
            callee = $NF; gsub(/[<>]|\+0x.*/, "", callee)
            if (callee != caller) print object, caller, callee
        }
        /R_386_(PC32|PLT32)/ { callee = $3; sub(/[-+]0x.*/, "", callee); print object, caller, callee }'
done >"$calls"

cat >>"$calls" <<'CALLS'
* run_parts find_stack
* run_parts judge
* run_parts add_up
* run_parts headline
* run_parts registers
* run_parts rows
* run_parts modules
* put_line write_line
* memory_copy find_page
CALLS

awk -v start=stage_report -f "$here/stack.awk" $(find "$build/kmod" "$build/arch" -name '*.su' | sort) "$calls"
