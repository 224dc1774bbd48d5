#!/bin/sh
# The deepest use of the handler's stack: gathers who calls whom from the module's objects, for stack.awk.
#
#     sh stack.sh            prints "handler.stack_bytes N", and the path there on standard error
#     sh stack.sh --check    says nothing, but fails when that is more than half of the stack
#
# What the compiler and the disassembly do not tell stands below: what assembly takes, and calls through pointers.
set -eu

build=${BUILD:-build}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Functions in assembly, by what they push, without the return address: a task's error code and arguments; the registers,
# record and argument of guard_run; a fault's frame, vector and argument. And a hook's share.
cat >"$work/assembly.su" <<'SIZES'
entry.asm:0:task_entry	16	static
entry.asm:0:stage_jump	4	static
entry.asm:0:private_load	0	static
live.asm:0:live_switch	4	static
live.asm:0:live_return	8	static
guard.asm:0:guard_run	28	static
guard.asm:0:guard_leave	0	static
peek.asm:0:peek	8	static
exception.asm:0:handle	20	static
ksg.h:0:hook	256	static
SIZES

# Of the sources that there are: what was made of others is left in the folder.
objects=$(cd "$here/../.." && for source in arch/i386/*.c kmod/*.c; do echo "$build/${source%.c}"; done)
for object in $objects; do
    objdump -dr --no-show-raw-insn "$object.o" | awk -v object="$object" '
        /^[0-9a-f]+ <.*>:$/ { caller = substr($2, 2, length($2) - 3) }
        $2 ~ /^(call|jmp)/ && $NF ~ /^<.*>$/ {
            callee = $NF; gsub(/[<>]|\+0x.*/, "", callee)
            if (callee != caller) print object, caller, callee
        }
        /R_386_(PC32|PLT32)/ { callee = $3; sub(/[-+]0x.*/, "", callee); print object, caller, callee }'
done >"$work/calls"

# What runs under a guard is called by whoever set it, by way of that.
cat >>"$work/calls" <<'CALLS'
* task_entry stage_report
* live_switch stage_live
* handle exception
* stage_report capture_crash report guard_run
* stage_live capture_demand report guard_run
* stage_report hook_stop_cpus guard_run
* stage_report hook_finish report finish guard_run
* capture_crash ask_victim_cr3 guard_run
* hook_victim_cr3 hook
* space_look find_space guard_run
* hook_physical_to_linear hook
* stack_find ask find_by_hook guard guard_run
* hook_find_stack hook
* hook_put hook
* hook_write hook
* hook_stop_cpus hook
* hook_finish hook
* print_line_end write_line put_line
* print_wrap write_line put_line
* write_line call_put_hook call_hook guard_run
* write_line call_write_hook call_hook guard_run
* report_crash stack_used run_parts print_end
* part_changes stack_used
* memory_copy look_at_page
* memory_crc look_at_page
CALLS
parts=$(sed -n 's/^ *\[PART_[A-Z]*\] = {"[a-z]*", \([a-z_]*\)},$/\1/p' "$here/../../kmod/report.c")
way="find_out run_part" # of the parts before the first that prints
for part in $parts; do
    [ "$part" != part_headline ] || way="run_parts show_part rehearse"
    echo "* report_crash $part $way run call_part guard guard_run"
done >>"$work/calls"

# needed ROOT
needed() {
    # shellcheck disable=SC2046
    awk -v start="$1" -v fault=handle -f "$here/stack.awk" $(printf '%s.su ' $objects) "$work/assembly.su" "$work/calls"
}

bytes=$(needed task_entry 2>"$work/path") || { cat "$work/path" >&2; exit 1; }
on_demand=$(needed live_switch 2>"$work/path_on_demand")
if [ "$on_demand" -gt "$bytes" ]; then
    bytes=$on_demand
    mv "$work/path_on_demand" "$work/path"
fi
if [ "${1-}" != --check ]; then
    echo "handler.stack_bytes $bytes"
    cat "$work/path" >&2
    exit
fi
size=$(awk '$1 == "#define" && $2 == "REPORT_STACK" { print $3 }' "$here/../../arch/i386/cpu.h")
if [ "$bytes" -gt $((size / 2)) ]; then
    cat "$work/path" >&2
    echo "the handler can use $bytes bytes of its stack: more than half of $size" >&2
    exit 1
fi
