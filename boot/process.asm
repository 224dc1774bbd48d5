; The switch from one process to another, and the copy of one that looks as if it had been switched from.

extern process_copy_stack
global process_switch:function (process_switch.end - process_switch)
global process_branch:function (process_branch.end - process_branch)

section .text progbits alloc exec nowrite align=16
; void process_switch(uint32_t *save_esp, uint32_t esp, uint32_t directory): returns on the other process's stack, where it
; was called last. Nothing is pushed or popped between the two loads: the stack is another one after the first.
process_switch:
    mov eax, [esp + 4]
    mov edx, [esp + 8]
    mov ecx, [esp + 12]
    push ebp                            ; what C expects a function to keep
    push ebx
    push esi
    push edi
    mov [eax], esp
    mov cr3, ecx
    mov esp, edx
    pop edi
    pop esi
    pop ebx
    pop ebp
    xor eax, eax                        ; for a child: it returns from process_branch
    ret
.end:

; bool process_branch(struct process *child): true in the parent. In the child, once it is switched to, false.
process_branch:
    mov eax, [esp + 4]
    push ebp                            ; as process_switch pops them
    push ebx
    push esi
    push edi
    mov [eax], esp                      ; struct process: esp
    push eax
    call process_copy_stack
    add esp, 4
    mov eax, 1
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
