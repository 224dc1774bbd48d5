; A callee that spoils its return address.

global copy_too_much:function (copy_too_much.end - copy_too_much)

section .text progbits alloc exec nowrite align=16
copy_too_much:
    push ebp
    mov ebp, esp
    mov dword [ebp + 4], 'AAAA'
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
