; A function with a frame that leaves its stack.

global step_over:function (step_over.end - step_over)
global step_over.push

section .text progbits alloc exec nowrite align=16
; void step_over(uint32_t esp)
step_over:
    push ebp
    mov ebp, esp
    mov esp, [ebp + 8]
.push:
    push eax
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
