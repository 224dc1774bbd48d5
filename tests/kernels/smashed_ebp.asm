; A caller that gives its stack back by way of EBP, and a callee that spoils the EBP it saved.

global copy_too_much:function (copy_too_much.end - copy_too_much)
global copy_too_much.pop
global copy:function (copy.end - copy)

section .text progbits alloc exec nowrite align=16
copy_too_much:
    push ebp
    mov ebp, esp
    push ebx
    push esi
    call copy
    lea esp, [ebp - 8]
.pop:
    pop esi
    pop ebx
    pop ebp
    ret
.end:

align 16
copy:
    push ebp
    mov ebp, esp
    sub esp, 8
    mov dword [ebp - 8], 'over'         ; the buffer
    mov dword [ebp - 4], 'flow'
    mov dword [ebp], 'ed!!'
    leave
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
