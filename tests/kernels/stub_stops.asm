; A page-fault stub that never goes on, so that its code leads to no iret; and what faults under it.

extern lowest, report_fault
global fault_stub:function (fault_stub.end - fault_stub)
global worker:function (worker.end - worker)
global descend:function (descend.end - descend)

section .text progbits alloc exec nowrite align=16
fault_stub:
    pushad
    push esp
    call report_fault
.stop:
    jmp .stop
.end:

worker:
    push ebp
    mov ebp, esp
    and esp, -8
    push dword 0            ; ESP in descend: 4 above a multiple of 8
    call descend
.returns:
    leave
    ret
.end:

; Goes down by 8 bytes a level until ESP is lowest, and there reads from a null pointer.
descend:
    push ebp
    mov ebp, esp
    cmp esp, [lowest]
    je .read
    call descend
.returns:
    pop ebp
    ret
.read:
    mov ebp, 5              ; no frame pointer now
.faults:
    mov eax, [0]
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
