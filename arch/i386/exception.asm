; The private IDT's handlers.

global exception_stubs, exception_stray, exception_debug, exception_nmi, exception_machine_check, exception_kept
extern exception, peek_words, peek_bytes

EXCEPTIONS      equ 32
STUB_SIZE       equ 16              ; exception.h
; Vectors that push an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX. SDM vol. 3, table 6-1; AMD APM vol. 2, 8.2.
WITH_ERROR_CODE equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 | 1 << 29 | 1 << 30
EFLAGS_RF       equ 1 << 16
VECTOR_DB       equ 1
VECTOR_NMI      equ 2
VECTOR_MC       equ 18
PEEK_SIZE       equ 2               ; of rep movs

section .text

; One stub for each exception, STUB_SIZE bytes apart.
%macro stub 1
%%start:
%if (WITH_ERROR_CODE >> %1 & 1) == 0
    push byte 0                 ; the same frame for all
%endif
    push byte %1
    jmp near handle
    times STUB_SIZE - ($ - %%start) int3
%endmacro

align STUB_SIZE
exception_stubs:
%assign vector 0
%rep EXCEPTIONS
    stub vector
%assign vector vector + 1
%endrep

handle:                         ; on the stack: vector, error code, eip, cs, eflags
    cmp dword [esp + 8], peek_bytes
    je .skip
    cmp dword [esp + 8], peek_words
    jne .fault
.skip:
    add dword [esp + 8], PEEK_SIZE
    add esp, 8
    iretd
.fault:
    cld
    mov eax, ss                 ; the one data segment that has to be good: the CPU has just used it
    mov ds, eax
    mov es, eax
    push esp
    call exception              ; never returns

; What comes by itself is the host's: kept until that has its IDT back, for exception_hand_over. A debug exception can be
; a breakpoint on an instruction, which RF lets pass. SDM vol. 3, 18.3.1.1.
exception_debug:
    or dword [esp + 8], EFLAGS_RF
    or dword [ss:exception_kept], 1 << VECTOR_DB
    iretd

exception_nmi:
    or dword [ss:exception_kept], 1 << VECTOR_NMI
    iretd

exception_machine_check:
    or dword [ss:exception_kept], 1 << VECTOR_MC
    iretd

; An interrupt that comes because a hook has enabled interrupts.
exception_stray:
    iretd

section .bss

alignb 4
exception_kept:
    resd 1                      ; a bit for each vector

section .note.GNU-stack noalloc noexec nowrite progbits
