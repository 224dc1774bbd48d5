; The way down to ring 3.

USER_CODE   equ 0x18 + 3
USER_DATA   equ 0x20 + 3

global user_enter:function (user_enter.end - user_enter)

section .text progbits alloc exec nowrite align=16
; void user_enter(uint32_t eip, uint32_t esp): pretends to return from an interrupt of user mode. SDM vol. 3, 6.12.1.
user_enter:
    mov ecx, [esp + 4]
    mov edx, [esp + 8]
    mov eax, USER_DATA
    mov ds, eax
    mov es, eax
    mov fs, eax
    mov gs, eax
    push eax                            ; ss
    push edx                            ; esp
    pushfd                              ; interrupts stay as they are
    push dword USER_CODE
    push ecx                            ; eip
    xor ebp, ebp                        ; the user's frame chain ends here
    iretd
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
