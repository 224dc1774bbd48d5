; Running something that may fault, and coming back: a set jump and a long jump over what the C compiler wants kept.

global guard_run, guard_leave

section .text

; bool guard_run(struct guard **innermost, void (*part)(void *), void *argument, struct fault *fault)
guard_run:
    push ebp
    mov ebp, esp
    push ebx
    push esi
    push edi
    mov ebx, [ebp + 8]
    push dword [ebp + 20]       ; struct guard: fault
    push dword [ebx]            ; struct guard: previous
    mov [ebx], esp
    push dword [ebp + 16]
    call [ebp + 12]
    add esp, 4
    cmp [ebx], esp              ; the part may have left another EBX or ESP behind
    jne .astray
    mov eax, 1
.leave:
    cli                         ; whatever the part did to EFLAGS
    cld
    pop dword [ebx]             ; this guard is over
    add esp, 4
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret

.astray:
    ud2                         ; to guard_leave

; void guard_leave(struct guard **innermost, struct guard *guard)
guard_leave:
    mov ebx, [esp + 4]
    mov esp, [esp + 8]          ; back to where guard_run's call had left the stack
    xor eax, eax
    jmp guard_run.leave

section .note.GNU-stack noalloc noexec nowrite progbits
