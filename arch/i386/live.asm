; Out of a live kernel into a report of it, and back.

global ksg_report, ksg_check_stacks, live_switch, live_return
extern live_report, live_check_stacks, stage_jump

REGISTERS_SIZE    equ 17 * 4        ; struct ksg_registers
CR0_WRITE_PROTECT equ 1 << 16

; live.h, struct host
HOST_ESP equ 0
HOST_CR0 equ 4
HOST_CR2 equ 8
HOST_CS  equ 12
HOST_SS  equ 16
HOST_DS  equ 20
HOST_ES  equ 24
HOST_FS  equ 28
HOST_GS  equ 32
HOST_LDT equ 36
HOST_TR  equ 40
HOST_GDT equ 44
HOST_IDT equ 50

section .text

; Pushes EFLAGS and, as a struct ksg_registers, the caller's registers as they will be once it goes on. Then its address is
; in EAX, and interrupts are off.
%macro push_registers 0
    pushfd
    cli
    cld
    push dword 0                    ; cr2: it was no page fault
    push gs
    push fs
    push es
    push ds
    push ss
    push cs
    push dword [esp + 7 * 4]        ; eflags
    push dword [esp + 9 * 4]        ; eip: the return address
    push esp
    add dword [esp], 11 * 4         ; esp: above the return address
    push ebp
    push edi
    push esi
    push edx
    push ecx
    push ebx
    push eax
    mov eax, esp
%endmacro

; Undoes that, but for EAX.
%macro pop_registers 0
    add esp, REGISTERS_SIZE
    popfd
%endmacro

; int ksg_report(const struct ksg_registers *registers, const char *reason)
ksg_report:
    push_registers
    push dword [eax + REGISTERS_SIZE + 12]
    push dword [eax + REGISTERS_SIZE + 8]
    push eax
    call live_report
    add esp, 12
    pop_registers
    ret

; int ksg_check_stacks(void)
ksg_check_stacks:
    push_registers
    push eax
    call live_check_stacks
    add esp, 4
    pop_registers
    ret

; void live_switch(uint32_t *esp, struct cpu *cpu, void (*stage)(struct cpu *), uint32_t stack_top)
; Calls stage(cpu) on another stack. Returns when live_return is given what was written to *esp.
live_switch:
    push ebp
    push ebx
    push esi
    push edi
    mov eax, [esp + 20]
    mov [eax], esp
    push dword [esp + 32]           ; stack_top
    push dword [esp + 32]           ; stage
    push dword [esp + 32]           ; cpu
    call stage_jump

; void live_return(const struct host *host)
; Back on the host's tables and its stack: live_switch returns.
live_return:
    mov ebx, [esp + 4]
    mov esp, [ebx + HOST_ESP]
    lgdt [ebx + HOST_GDT]
    lidt [ebx + HOST_IDT]
    mov eax, [ebx + HOST_CR2]
    mov cr2, eax
    mov ecx, [ebx + HOST_CR0]
    cmp dword [ebx + HOST_TR], 0
    je .loaded
    mov eax, ecx                    ; what is loaded is marked in the GDT, which may be write-protected
    and eax, ~CR0_WRITE_PROTECT
    mov cr0, eax
    push dword [ebx + HOST_CS]
    push dword .segments
    retf
.segments:
    mov ss, [ebx + HOST_SS]
    mov es, [ebx + HOST_ES]
    lldt [ebx + HOST_LDT]
    ltr [ebx + HOST_TR]
    mov fs, [ebx + HOST_FS]
    mov gs, [ebx + HOST_GS]
    mov ds, [ebx + HOST_DS]
.loaded:
    mov cr0, ecx
    pop edi
    pop esi
    pop ebx
    pop ebp
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
