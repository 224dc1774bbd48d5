; Each function calls the next; the last one touches memory that has to be read in.

%macro function 1
    global %1:function (%1.end - %1)
    align 16
    %1:
%endmacro

section .text progbits alloc exec nowrite align=16

; The thread's stack begins a few words below a page: so far down ESP goes.
function by_alignment
    push ebp
    mov ebp, esp
    and esp, -2048
    sub esp, 0x200
    call by_alloca
    leave
    ret
.end:

function by_alloca
    push ebp
    mov ebp, esp
    sub esp, 16
    mov eax, 0x500
    sub esp, eax
    call by_probing
    leave
    ret
.end:

; As gcc -fstack-clash-protection does it: a page at a time.
function by_probing
    push ebp
    mov ebp, esp
    lea eax, [esp - 0x3000]
.next:
    sub esp, 0x1000
    or dword [esp], 0
    cmp esp, eax
    jne .next
    sub esp, 0x40
    call trapped
    leave
    ret
.end:

function trapped
    push ebp
    mov ebp, esp
    sub esp, 0x300
.touch:
    mov eax, [0x40000000]
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
