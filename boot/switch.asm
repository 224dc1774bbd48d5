; The switch from one kernel stack to another.

global switch_stack:function (switch_stack.end - switch_stack)

section .text progbits alloc exec nowrite align=16
; void switch_stack(uint32_t *save_esp, uint32_t esp): returns on the other stack, where it was called last.
; thread_create builds a first stack that looks the same.
switch_stack:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
    push ebp                            ; what C expects a function to keep
    push ebx
    push esi
    push edi
    mov [eax], esp
    mov esp, edx
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
