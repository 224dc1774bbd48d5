; A debug exception behind each instruction of the module: counts them, and does the damage when it is time.

extern inject_plan, inject_apply
global inject_step

; struct plan
INSTRUCTIONS equ 12
NOT_COUNTED  equ 16
STEPPED      equ 28 + 8 * 16 + 512

EFLAGS_TRAP  equ 100h
EIP          equ 4                  ; on the stack, above EAX: EIP, CS, EFLAGS
CS_          equ 8
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
    pop dword [registers]       ; what the CPU would have in registers is not there to be damaged
    pop dword [registers + EIP]
    pop dword [registers + CS_]
    pop dword [registers + EFLAGS]
    mov [stopped], esp
    mov esp, stack_top
    pushad
    cld
    call inject_apply
    popad
    mov esp, [stopped]
    push dword [registers + EFLAGS]
    push dword [registers + CS_]
    push dword [registers + EIP]
    push dword [registers]
.on:
    pop eax
    iretd

section .bss
registers: resd 4               ; EAX, EIP, CS, EFLAGS
stopped:   resd 1
           resd 256
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
