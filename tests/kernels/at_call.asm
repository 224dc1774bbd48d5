; Recursion of 8 bytes a level, whose last word is a saved EBP.

global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    and esp, -8             ; with the return address and EBP below it, ESP stays a multiple of 8
    call descend
.returns:
    leave
    ret
.end:

descend:
    push ebp
    mov ebp, esp
    call descend            ; here
.returns:
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
