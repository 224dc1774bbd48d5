# Runs the machine up to the double-fault task's first instruction, and walks the victim's frames.
#
# Set before: $stubs and $stubs_end, where the interrupt stubs lie (boot/interrupts.asm). Prints one line for each row
# that a report has to have:
#     registers EIP ESP EBP       of the faulting TSS
#     frame PC CFA RETURN         the CFA is the address above the return address
#     trap PC EIP                 an interrupt stub, and what it interrupted
#     user EIP EBP
# and behind it the function that PC is in. A PC but the first is a return address: what counts is the CALL before it.
set pagination off
set width 0
set backtrace limit 4000
hbreak *task_entry
continue
delete

# The handler's own, for the way back.
set $handler_eip = (unsigned)$eip
set $handler_esp = (unsigned)$esp
set $handler_ebp = (unsigned)$ebp

set $eip = tss.eip
set $esp = tss.esp
set $ebp = tss.ebp
printf "registers %x %x %x\n", $eip, $esp, $ebp
info symbol $eip
set $exact = 1

# Going up from the outermost frame is an error, which ends the script.
while 1
  set $place = (unsigned)$pc
  if $place >= $stubs && $place < $stubs_end && !$exact
    # NASM says nothing of how to unwind a stub. But the stub's stack is known: the argument of interrupt_dispatch on top,
    # then what it points to.
    set $trap = (struct interrupt_frame *)($sp + 4)
    printf "trap %x %x\n", $place, $trap->eip
    info symbol $place - 1
    if ($trap->cs & 3) == 3
      printf "user %x %x\n", $trap->eip, $trap->ebp
      loop_break
    end
    set $interrupted_eip = $trap->eip
    set $interrupted_esp = (unsigned)&$trap->user_esp
    set $interrupted_ebp = $trap->ebp
    frame 0
    set $eip = $interrupted_eip
    set $esp = $interrupted_esp
    set $ebp = $interrupted_ebp
    set $exact = 1
  else
    up-silently
    printf "frame %x %x %x\n", $place, (unsigned)$sp, (unsigned)$pc
    if $exact
      info symbol $place
    else
      info symbol $place - 1
    end
    set $exact = 0
  end
end
