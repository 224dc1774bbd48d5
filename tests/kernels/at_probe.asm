; As gcc -fstack-clash-protection without frame pointers does it: page by page, until the next one is the guard page.

global worker:function (worker.end - worker)
global probe:function (probe.end - probe)

section .text progbits alloc exec nowrite align=16
worker:
    push ebp
    mov ebp, esp
    call probe
.returns:
    leave
    ret
.end:

probe:
    push ebx
    lea eax, [esp - 8000h]
.next:
    sub esp, 1000h
.touch:
    or dword [esp], 0       ; here, in the third turn
    cmp esp, eax
    jne .next
    sub esp, 40h
    add esp, 8040h
    pop ebx
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
