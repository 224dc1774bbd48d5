; A debug exception behind each instruction of the module: counts them, and does the damage when it is time.

extern inject_plan, inject_apply
global inject_step

; struct plan
INSTRUCTIONS equ 12
NOT_COUNTED  equ 16
STEPPED      equ 28 + 8 * 16 + 512

EFLAGS_TRAP  equ 100h
EIP          equ 4                  ; on the stack, above EAX: EIP, CS, EFLAGS
EFLAGS       equ 12

section .text
inject_step:
    push eax
    mov eax, [esp + EIP]
    sub eax, [inject_plan + NOT_COUNTED]
    cmp eax, [inject_plan + NOT_COUNTED + 4]    ; its length
    jb .on
    inc dword [inject_plan + STEPPED]
    mov eax, [inject_plan + STEPPED]
    cmp eax, [inject_plan + INSTRUCTIONS]
    jne .on
    and dword [esp + EFLAGS], ~EFLAGS_TRAP
    pushad
    cld
    call inject_apply
    popad
.on:
    pop eax
    iretd

section .note.GNU-stack noalloc noexec nowrite progbits
