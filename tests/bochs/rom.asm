; A ROM in place of the BIOS: copies a kernel to 1 MiB and starts it there, as a Multiboot loader would.
;
;     nasm -f bin -D KERNEL="'kernel.bin'" -D ENTRY=0x100010 -o kernel.rom rom.asm
;
; KERNEL is the kernel's memory from 1 MiB on. The ROM ends where addresses do, and the CPU begins 16 bytes before, in
; real mode (SDM vol. 3, 10.1.4).

ROM_SIZE        equ 0x100000
LOAD            equ 0x100000
MULTIBOOT_MAGIC equ 0x2badb002
FLAT            equ 0x100               ; from here to the end is what is no kernel
RESET           equ 16
CODE            equ 8
DATA            equ 16
CR0_PE          equ 1
CR0_NO_CACHE    equ 0x60000000          ; CD and NW, as the reset leaves them
A20_PORT        equ 0x92
A20_ON          equ 2

org 0x100000000 - ROM_SIZE
kernel:
    incbin KERNEL
    align 4, db 0
kernel_end:
    times ROM_SIZE - FLAT - ($ - $$) db 0

bits 32
flat:
    mov ax, DATA
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    in al, A20_PORT
    or al, A20_ON
    out A20_PORT, al
    cld
    mov esi, kernel
    mov edi, LOAD
    mov ecx, (kernel_end - kernel) / 4
    rep movsd
    mov eax, MULTIBOOT_MAGIC
    xor ebx, ebx
    mov edx, ENTRY
    jmp edx

    align 8, db 0
gdt:
    dq 0
    dq 0x00cf9a000000ffff               ; 4 GiB of code
    dq 0x00cf92000000ffff               ; 4 GiB of data
gdt_end:
gdtr:
    dw gdt_end - gdt - 1
    dd gdt

bits 16
start:
    o32 lgdt [cs:(gdtr - $$) & 0xffff]
    mov eax, cr0
    and eax, ~CR0_NO_CACHE
    or al, CR0_PE
    mov cr0, eax
    jmp dword CODE:flat

    times ROM_SIZE - RESET - ($ - $$) db 0
reset:
    cli
    jmp start
    times ROM_SIZE - ($ - $$) db 0
