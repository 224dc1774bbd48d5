/* One 32-bit x86 instruction: how long it is and what it does to ESP, EBP and the flow of control. */
#ifndef KMOD_INSTRUCTION_H
#define KMOD_INSTRUCTION_H

#include <stdbool.h>
#include <stdint.h>

#define INSTRUCTION_LONGEST 15 /* SDM vol. 2, 2.3.11 */

enum instruction_kind {
    INSTRUCTION_OTHER,       /* leaves ESP and EBP alone and goes on behind itself */
    INSTRUCTION_PUSH,        /* any push but those below; esp_change tells how much, also pushfd, pushad, push of segments */
    INSTRUCTION_PUSH_EBP,
    INSTRUCTION_POP,         /* any pop but those below, also popfd and popad (popad: writes_ebp) */
    INSTRUCTION_POP_EBP,
    INSTRUCTION_EBP_FROM_ESP,/* mov ebp, esp, either encoding (lea ebp, [esp + n] is INSTRUCTION_LEA_EBP) */
    INSTRUCTION_LEA_EBP,     /* lea ebp, [esp + n]: immediate is n */
    INSTRUCTION_ESP_FROM_EBP,/* mov esp, ebp; lea esp, [ebp + n]: immediate is n */
    INSTRUCTION_ADJUST_ESP,  /* add, sub or lea esp, [esp + n] with a constant: esp_change */
    INSTRUCTION_ALIGN_ESP,   /* and esp, constant: immediate */
    INSTRUCTION_LOST_ESP,    /* any other write to ESP: mov esp, x; sub esp, register; xchg; lea esp, [ecx - 4]; pop esp;
                                operand-size-16 forms */
    INSTRUCTION_ENTER,       /* enter n, 0: immediate is n; other nesting levels are INSTRUCTION_LOST_ESP */
    INSTRUCTION_LEAVE,
    INSTRUCTION_CALL,        /* near direct: target */
    INSTRUCTION_CALL_INDIRECT, /* FF /2, FF /3: pointer if its operand is an absolute address alone */
    INSTRUCTION_CALL_FAR,    /* 9A: target */
    INSTRUCTION_RET,         /* near, C3 or C2: immediate is the n of ret n */
    INSTRUCTION_RET_FAR,     /* CB, CA */
    INSTRUCTION_IRET,
    INSTRUCTION_JUMP,        /* jmp direct: target */
    INSTRUCTION_JUMP_INDIRECT,
    INSTRUCTION_BRANCH,      /* jcc, loop, jecxz: target */
    INSTRUCTION_INTERRUPT,   /* int n, int3, into, icebp, sysenter, syscall; immediate is the vector */
    INSTRUCTION_STOP         /* ud2, hlt: nothing is known of what follows */
};

struct instruction {
    enum instruction_kind kind;
    uint8_t length;
    bool writes_ebp;      /* beyond what kind says: EBP holds something else afterwards (mov ebp, x; popad; xchg) */
    int32_t esp_change;   /* PUSH, POP, ADJUST_ESP; 0 for others */
    uint32_t immediate;
    uint32_t target;      /* where a direct call, jump or branch goes */
    uint32_t pointer;     /* CALL_INDIRECT through [pointer], no register involved; 0: none or not absolute */
};

/*
 * Decodes the instruction that stands at address, whose first count bytes are given. False: it is none that the CPU
 * knows, or it does not end within count bytes. Knows the 80386 to Pentium integer set, x87, MMX, SSE to SSE4 and the
 * multi-byte nops by length; VEX forms are undefined.
 */
bool instruction_decode(const uint8_t *bytes, unsigned count, uint32_t address, struct instruction *instruction);

#endif
