; Reading memory that may not be there: the one instruction that may fault, and where it goes on when it does.

global peek, peek_access, peek_failed

section .text

; uint32_t peek(void *to, uint32_t address, uint32_t count)
peek:
    push esi
    push edi
    mov edi, [esp + 12]
    mov esi, [esp + 16]
    mov ecx, [esp + 20]
    mov eax, esi                ; a read across 4 GiB would silently go on at 0
    neg eax                     ; bytes from address to 4 GiB; 0 stands for all of them
    jz .fits
    cmp ecx, eax
    jbe .fits
    mov ecx, eax
.fits:
    mov edx, ecx
peek_access:
    rep movsb                   ; after a fault ecx tells what is left, SDM vol. 2, REP
peek_failed:
    mov eax, edx
    sub eax, ecx
    pop edi
    pop esi
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
