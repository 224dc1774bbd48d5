; Goes down by 8 bytes a level until ESP is lowest, and there touches memory that has to be read in.

UNREAD equ 40001000h        ; at_page_fault.c: the file's second page

extern lowest
global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    and esp, -8
    push dword 0            ; ESP in descend: 4 above a multiple of 8
    call descend
.returns:
    leave
    ret
.end:

descend:
    push ebp
    mov ebp, esp
    cmp esp, [lowest]
    je .touch
    call descend
.returns:
    pop ebp
    ret
.touch:
    mov eax, [UNREAD]       ; here
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
