; Recursion of 256 bytes a level, most of them locals, and these across the stack's limit at last.

global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    and esp, -256
    sub esp, 78h            ; 88h above a multiple of 256, as descend's calls will be
    call descend
.returns:
    leave
    ret
.end:

descend:
    push ebp                ; at the end 80h above the limit
    mov ebp, esp
    sub esp, 0f8h           ; then 78h below
    mov [esp], eax          ; here
    call descend
.returns:
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
