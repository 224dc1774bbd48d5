; Where the module's tasks begin, and how the CPU gets on the private tables.

global task_entry, stage_jump, private_load

PRIVATE_CODE_SELECTOR equ 08h       ; cpu.h, enum private_entry
PRIVATE_DATA_SELECTOR equ 10h
EFLAGS_CLEAR          equ 02h       ; no more than the bit that is always 1

section .text

; Each task of the module begins here, after a task switch by a gate. Its TSS has put struct cpu in EBX and the C
; function to call in ESI: void stage(struct cpu *cpu, uint32_t cr2, uint32_t esp).
task_entry:
    mov eax, cr2                ; first of all: the next page fault overwrites it
    mov ecx, esp                ; tells whether the CPU has pushed an error code
    clts                        ; for hooks that use x87 or SSE: a task switch sets CR0.TS, SDM vol. 3, 2.5
    push dword EFLAGS_CLEAR     ; NT was set by the switch: an iret would switch back, SDM vol. 3, 8.4
    popfd
    push ecx
    push eax
    push ebx
    xor ebp, ebp                ; the end of the EBP chain
    call esi                    ; never returns

; void stage_jump(struct cpu *cpu, void (*stage)(struct cpu *, ...), uint32_t stack_top)
; Goes on in another stage without a task switch, after a fault that was no double fault.
stage_jump:
    mov ebx, [esp + 4]
    mov eax, [esp + 8]
    mov esp, [esp + 12]
    push dword EFLAGS_CLEAR
    popfd
    push ebx
    xor ebp, ebp
    call eax                    ; never returns

; void private_load(const struct table_register *gdt, const struct table_register *idt, uint32_t task_selector)
private_load:
    mov eax, [esp + 4]
    mov ecx, [esp + 8]
    mov edx, [esp + 12]
    lgdt [eax]
    jmp PRIVATE_CODE_SELECTOR:.reload
.reload:
    lidt [ecx]
    mov eax, PRIVATE_DATA_SELECTOR
    mov ss, eax
    mov ds, eax
    mov es, eax
    xor eax, eax
    mov fs, eax
    mov gs, eax
    lldt ax
    ltr dx
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
