# Walks up the stack of a core file. Prints for each frame, innermost first, four lines:
#     frame PC ESP EBP
#     the symbol that PC is in, and that PC - 1 is in: if PC is a return address, that is where the CALL is
#     the instruction at PC
# Going up from the outermost frame is an error, which ends the script.
set pagination off
set width 0
set print demangle off
set backtrace limit 20000
while 1
  printf "frame %08x %08x %08x\n", (unsigned)$pc, (unsigned)$sp, (unsigned)$ebp
  info symbol $pc
  info symbol $pc - 1
  x/i $pc
  up-silently
end
