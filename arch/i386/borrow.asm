; Faults while the host's IDT is borrowed.

global borrow_page_fault, borrow_fault, borrow_fault_with_code, borrow_host_idt
extern peek_words, peek_bytes

PEEK_SIZE equ 2                     ; of rep movs

section .text

; Peek's page fault is its answer.
borrow_page_fault:                  ; on the stack: error code, eip, cs, eflags
    cmp dword [esp + 4], peek_bytes
    je .skip
    cmp dword [esp + 4], peek_words
    jne borrow_fault_with_code
.skip:
    add dword [esp + 4], PEEK_SIZE
    add esp, 4
    iretd

; Any other fault is the host's: it comes again, on the host's IDT. SS is the one data segment that has to be good.
borrow_fault_with_code:
    add esp, 4
borrow_fault:
    lidt [ss:borrow_host_idt]
    iretd

section .bss

alignb 4
borrow_host_idt:
    resb 6                          ; struct table_register

section .note.GNU-stack noalloc noexec nowrite progbits
