; From the Multiboot loader to C: the header that it looks for, and the boot stack.

MULTIBOOT_MAGIC equ 0x1badb002
MULTIBOOT_FLAGS equ 1                   ; modules on page boundaries
BOOT_STACK_SIZE equ 8192
PAGE_SIZE       equ 4096

extern kernel_main
global entry:function
global boot_stack_limit, boot_stack_base

section .multiboot progbits alloc noexec nowrite align=4
    dd MULTIBOOT_MAGIC
    dd MULTIBOOT_FLAGS
    dd -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

section .bss nobits alloc noexec write align=4096
    resb PAGE_SIZE                      ; to become the guard page: it must hold nothing else
boot_stack_limit:
    resb BOOT_STACK_SIZE
boot_stack_base:

section .text progbits alloc exec nowrite align=16
; Protected mode, flat segments, interrupts off, no stack (Multiboot 1, 3.2).
entry:
    mov esp, boot_stack_base
    xor ebp, ebp                        ; the frame chain ends here
    push dword 0                        ; EFLAGS: no direction, no nested task
    popfd
    call kernel_main
.halt:
    hlt
    jmp .halt

section .note.GNU-stack noalloc noexec nowrite progbits
