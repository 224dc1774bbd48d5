; Functions that touch memory below their stack's ESP before they lower it, as compilers make them to find the guard page.

global probes:function (probes.end - probes)
global probes_by_copy:function (probes_by_copy.end - probes_by_copy)

section .text progbits alloc exec nowrite align=16
; gcc -fstack-check
probes:
    or dword [esp - 1800h], 0
.touched:
    sub esp, 1800h
    add esp, 1800h
    ret
.end:

; As __chkstk of other compilers.
probes_by_copy:
    lea ecx, [esp - 800h]
    sub ecx, 1000h
    test [ecx], eax
.touched:
    xchg ecx, esp
    mov esp, ecx
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
