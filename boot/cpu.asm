; Where a further CPU begins: in real mode, at a page below 1 MiB to which cpu.c has copied this.

KERNEL_CODE equ 0x08
KERNEL_DATA equ 0x10
TRAMPOLINE  equ 0x8000                  ; cpu.c
CR0_PROTECT equ 0x00000001
CR0_PAGING  equ 0x80010000              ; and write protection: paging.c
FIRST_LIMIT equ 3 * 8 - 1               ; as far as the flat segments; cpu.c loads all of it

extern gdt, cpu_page_directory, cpu_stack_base, cpu_main
global cpu_trampoline, cpu_trampoline_end
global cpu_entry:function

section .text progbits alloc exec nowrite align=16
bits 16
cpu_trampoline:
    cli
    xor ax, ax
    mov ds, ax
    o32 lgdt [TRAMPOLINE + .gdtr - cpu_trampoline]
    mov eax, cr0
    or eax, CR0_PROTECT
    mov cr0, eax
    jmp dword KERNEL_CODE:cpu_entry
.gdtr:
    dw FIRST_LIMIT
    dd gdt
cpu_trampoline_end:

bits 32
cpu_entry:
    mov eax, KERNEL_DATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    mov ss, eax
    mov eax, [cpu_page_directory]
    mov cr3, eax
    mov eax, cr0
    or eax, CR0_PAGING
    mov cr0, eax
    mov esp, [cpu_stack_base]
    xor ebp, ebp                        ; the frame chain ends here
    push dword 0                        ; EFLAGS: no direction, no nested task
    popfd
    call cpu_main                       ; never returns

section .note.GNU-stack noalloc noexec nowrite progbits
