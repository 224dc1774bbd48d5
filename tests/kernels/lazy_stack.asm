; A switch to a new stack that begins there, as it was made: empty.

global begin_on:function (begin_on.end - begin_on)

section .text progbits alloc exec nowrite align=16
; void begin_on(uint32_t *save_esp, uint32_t base, void (*entry)(void))
begin_on:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
    mov ecx, [esp + 12]
    push ebp
    push ebx
    push esi
    push edi
    mov [eax], esp
    mov esp, edx
.push:
    push ecx
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
