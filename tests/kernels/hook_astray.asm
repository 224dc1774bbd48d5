; A hook that breaks the calling convention.

extern hook_word
global hook_astray

section .text progbits alloc exec nowrite align=16
hook_astray:
    mov ebx, hook_word
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
