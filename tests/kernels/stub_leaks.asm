; A timer interrupt's stub that moves its trap frame down before it returns over it.

PIC_COMMAND equ 20h
PIC_END     equ 20h
LEAK        equ 20

global leak_timer:function (leak_timer.end - leak_timer)

section .text progbits alloc exec nowrite align=16
leak_timer:
    pushad
    mov al, PIC_END
    out PIC_COMMAND, al
    popad
    sub esp, LEAK
    push eax
    mov eax, [esp + 4 + LEAK]           ; eip
    mov [esp + 4], eax
    mov eax, [esp + 8 + LEAK]           ; cs
    mov [esp + 8], eax
    mov eax, [esp + 12 + LEAK]          ; eflags
    mov [esp + 12], eax
    pop eax
    iretd
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
