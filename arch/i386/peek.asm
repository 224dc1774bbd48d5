; Reading memory that may not be there: the two instructions that may fault. exception.asm skips them when they do.

global peek, peek_words, peek_bytes

PEEK_MOST equ 2048              ; bytes: an IDT

section .text

; uint32_t peek(void *to, uint32_t address, uint32_t count)
peek:
    xor eax, eax
    mov edx, [esp + 12]
    cmp edx, PEEK_MOST          ; nobody asks for more: the count has been overwritten on the stack
    jbe .good
    ret
.good:
    push esi
    push edi
    mov edi, [esp + 12]
    mov esi, [esp + 16]
    mov eax, esi                ; a read across 4 GiB would silently go on at 0
    neg eax                     ; bytes from address to 4 GiB; 0 stands for all of them
    jz .fits
    cmp edx, eax
    jbe .fits
    mov edx, eax
.fits:
    mov ecx, edx
    shr ecx, 2
peek_words:
    rep movsd                   ; after a fault ecx tells what is left, SDM vol. 2, REP
    mov eax, edx
    and eax, 3
    lea ecx, [eax + ecx * 4]    ; the odd bytes, or those from the word that faulted on
peek_bytes:
    rep movsb
    mov eax, edx
    sub eax, ecx
    pop edi
    pop esi
    ret

section .note.GNU-stack noalloc noexec nowrite progbits
