; The interrupt stubs: each builds a struct interrupt_frame (kernel.h) and gives it to interrupt_dispatch.

KERNEL_DATA equ 0x10
STUBS       equ 0x40

extern interrupt_dispatch
global interrupt_stubs

; Exceptions with which the CPU pushes an error code: 8, 10 to 14, 17, 21. SDM vol. 3, table 6-1.
%define HAS_ERROR_CODE(vector) (vector < 32 && (0x00227d00 >> vector) & 1)

; Every stub is whole, so that a backtrace names the vector: trap_14.
%macro trap 1
align 16
global trap_%1:function (trap_%1.end - trap_%1)
trap_%1:
    %if !HAS_ERROR_CODE(%1)
    push dword 0                        ; the same frame for all
    %endif
    push dword %1
    pushad
    push ds
    push es
    push fs
    push gs
    mov eax, KERNEL_DATA                ; the interrupted segments may be ring 3's
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    cld                                 ; as C expects
    push esp                            ; the frame's address, and its argument
    call interrupt_dispatch
    add esp, 4
    pop gs
    pop fs
    pop es
    pop ds
    popad
    add esp, 8                          ; vector and error code
    iretd
.end:
%endmacro

section .text progbits alloc exec nowrite align=16
%assign vector 0
%rep STUBS
    trap %[vector]
    %assign vector vector + 1
%endrep
    trap 128                            ; the system call

section .rodata progbits alloc noexec nowrite align=4
; interrupt_stubs[vector], for vector below STUBS
interrupt_stubs:
%assign vector 0
%rep STUBS
    dd trap_%+vector
    %assign vector vector + 1
%endrep

section .note.GNU-stack noalloc noexec nowrite progbits
