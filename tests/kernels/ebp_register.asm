; A function that has no frame, takes EBP for a counter, and needs more room than there is.

global innermost:function (innermost.end - innermost)

section .text progbits alloc exec nowrite align=16
; void innermost(uint32_t levels)
innermost:
    push ebp
    mov ebp, [esp + 8]
.more:
    push dword 0
    dec ebp
    jmp .more                   ; as many levels as it takes
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
