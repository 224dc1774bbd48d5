; Pops more than was pushed.

global pops:function (pops.end - pops)

section .text progbits alloc exec nowrite align=16
pops:
    add esp, 64
    push eax
.push:
    push eax
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
