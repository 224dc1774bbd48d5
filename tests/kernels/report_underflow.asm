; A thread's first function, which was not called: there is nowhere to return to.

global first:function (first.end - first)

section .text progbits alloc exec nowrite align=16
first:
    nop
.return:
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
