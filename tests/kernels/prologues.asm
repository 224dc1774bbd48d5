; Each function calls the next.

extern innermost

%macro function 1
    global %1:function (%1.end - %1)
    align 16
    %1:
%endmacro

section .text progbits alloc exec nowrite align=16

; Locals as gcc and clang have them.
function by_sub
    push ebp
    mov ebp, esp
    sub esp, 0x700
    call by_add
    leave
    ret
.end:

; As Microsoft's compiler has them when their size is a power of 2 and more; and registers saved.
function by_add
    push ebp
    mov ebp, esp
    push ebx
    push esi
    push edi
    add esp, -0x600
    call by_lea
    sub esp, -0x600
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret
.end:

; With four words of arguments on the stack as well.
function by_lea
    push ebp
    mov ebp, esp
    lea esp, [esp - 0x500]
    push dword 1
    push dword 2
    push dword 3
    push dword 4
    call by_enter
    add esp, 16
    leave
    ret
.end:

function by_enter
    enter 0x400, 0
    push ebx
    call by_both
    pop ebx
    leave
    ret
.end:

; No frame pointer at all.
function by_both
    push ebx
    push esi
    sub esp, 0x300
    call innermost
    add esp, 0x300
    pop esi
    pop ebx
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
