; Recursion of 8 bytes a level, whose last word is a return address.

global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    and esp, -8
    push dword 0            ; with it the call below leaves ESP at a multiple of 8, as the stack's limit is
    call descend
.returns:
    leave
    ret
.end:

descend:
    push ebp                ; here
    mov ebp, esp
    call descend
.returns:
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
