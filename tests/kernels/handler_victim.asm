; A function that takes as much of the stack as it is told.

global use_up:function (use_up.end - use_up)
global use_up.touch

section .text progbits alloc exec nowrite align=16
; void use_up(uint32_t esp, uint32_t touched)
use_up:
    push ebp
    mov ebp, esp
    mov edx, [ebp + 12]
    mov ecx, esp
    sub ecx, [ebp + 8]
    sub esp, ecx
.touch:
    mov eax, [edx]
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
