; Goes down by 8 bytes a level until ESP is lowest, and waits there for an interrupt.

extern lowest
global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    and esp, -8
    call descend
.returns:
    leave
    ret
.end:

descend:
    push ebp
    mov ebp, esp
    cmp esp, [lowest]
    je .wait
    call descend
.returns:
    pop ebp
    ret
.wait:
    sti
.spin:
    jmp .spin               ; here
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
