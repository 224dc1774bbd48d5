; A page-fault stub whose code does not tell how it ends.

extern handle_fault
global fault_stub:function (fault_stub.end - fault_stub)

section .text progbits alloc exec nowrite align=16
fault_stub:
    pushad
    mov ebp, esp
    push esp
    call handle_fault
.returns:
    add esp, 4
    mov ecx, [leave_by]
    jmp ecx
.leaves:
    popad
    add esp, 4
    iretd
.end:

section .data
leave_by: dd fault_stub.leaves

section .note.GNU-stack noalloc noexec nowrite progbits
