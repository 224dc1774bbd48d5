; A call on another stack without a frame of its own: ESP is exchanged with EBX.

global call_on_irq_stack:function (call_on_irq_stack.end - call_on_irq_stack)

section .text progbits alloc exec nowrite align=16
; void call_on_irq_stack(uint32_t base, void (*function)(void))
call_on_irq_stack:
    push ebx
    mov ebx, [esp + 8]
    mov eax, [esp + 12]
    xchg esp, ebx
    call eax
.returns:
    mov esp, ebx
    pop ebx
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
