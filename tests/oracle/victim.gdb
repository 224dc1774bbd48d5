# Runs the machine up to the double-fault task's first instruction, and walks the victim's frames.
#
# Set before: $stubs and $stubs_end, where the interrupt stubs lie (boot/interrupts.asm). Prints one line for each row
# that a report has to have, user mode's too, whose RETADDR is 0:
#     frame CHILDEBP RETADDR BEFORE function + offset in section .text
# function + offset is BEFORE bytes before the row's own address: a return address belongs to the CALL in front of it.
set pagination off
set width 0
set backtrace limit 4000

# go_to EIP ESP EBP: with each register that is written, gdb may take an outer frame for the selected one.
define go_to
  select-frame 0
  set $esp = $arg1
  select-frame 0
  set $ebp = $arg2
  select-frame 0
  set $eip = $arg0
  select-frame 0
end

hbreak *task_entry
continue
delete

# The handler's own, for the way back.
set $handler_eip = (unsigned)$eip
set $handler_esp = (unsigned)$esp
set $handler_ebp = (unsigned)$ebp

go_to tss.eip tss.esp tss.ebp
set $before = 0

# Going up from the outermost frame is an error, which ends the script.
while 1
  set $place = (unsigned)$pc
  if $before && $place >= $stubs && $place < $stubs_end
    # NASM says nothing of how to unwind a stub. But its stack is known: the argument of interrupt_dispatch on top, then
    # what that points to. The stub's row repeats the ChildEBP before it, as kf's do.
    set $trap = (struct interrupt_frame *)($sp + 4)
    set $interrupted_eip = $trap->eip
    set $interrupted_esp = (unsigned)&$trap->user_esp
    set $interrupted_ebp = $trap->ebp
    printf "frame %x %x %d ", $child, $interrupted_eip, $before
    info symbol $place - $before
    if ($trap->cs & 3) == 3
      printf "frame %x 0 0 ", $interrupted_ebp
      info symbol $interrupted_eip
      loop_break
    end
    go_to $interrupted_eip $interrupted_esp $interrupted_ebp
    set $before = 0
  else
    set $inner_esp = (unsigned)$sp
    up-silently
    # This frame's ESP is the callee's CFA: right above the return address, which is above the saved EBP. An inlined
    # function, which has a frame of gdb's only, leaves ESP as it is.
    if (unsigned)$sp != $inner_esp
      set $child = (unsigned)$sp - 8
      printf "frame %x %x %d ", $child, (unsigned)$pc, $before
      info symbol $place - $before
      set $before = 1
    end
  end
end
