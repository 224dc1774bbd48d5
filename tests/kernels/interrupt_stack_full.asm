; A call on another stack.

global call_on:function (call_on.end - call_on)

section .text progbits alloc exec nowrite align=16
; void call_on(uint32_t base, void (*function)(void))
call_on:
    push ebp
    mov ebp, esp
    mov eax, [ebp + 12]
    mov esp, [ebp + 8]
    call eax
.returns:
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
