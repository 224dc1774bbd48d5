/* One 32-bit x86 instruction: how long it is and what it does to ESP, EBP and the flow of control. */
#ifndef KMOD_INSTRUCTION_H
#define KMOD_INSTRUCTION_H

#include "memory.h"

#define INSTRUCTION_LONGEST 15 /* SDM vol. 2, 2.3.11 */

enum instruction_kind {
    INSTRUCTION_OTHER, /* leaves ESP and EBP alone and goes on behind itself */
    INSTRUCTION_PUSH,  /* any push but those below; esp_change tells how much, also pushfd, pushad, push of segments */
    INSTRUCTION_PUSH_EBP,
    INSTRUCTION_POP, /* any pop but those below, also popfd and popad (popad: writes_ebp) */
    INSTRUCTION_POP_EBP,
    INSTRUCTION_EBP_FROM_ESP, /* mov ebp, esp, either encoding (lea ebp, [esp + n] is INSTRUCTION_LEA_EBP) */
    INSTRUCTION_LEA_EBP,      /* lea ebp, [esp + n]: immediate is n */
    INSTRUCTION_ESP_FROM_EBP, /* mov esp, ebp; lea esp, [ebp + n]: immediate is n */
    INSTRUCTION_ADJUST_ESP,   /* add, sub or lea esp, [esp + n] with a constant: esp_change */
    INSTRUCTION_ALIGN_ESP,    /* and esp, constant: immediate */
    INSTRUCTION_LOST_ESP, /* any other write to ESP: mov esp, x; sub esp, register; xchg; lea esp, [ecx - 4]; pop esp;
                             operand-size-16 forms */
    INSTRUCTION_ENTER,    /* enter n, 0: immediate is n; other nesting levels are INSTRUCTION_LOST_ESP */
    INSTRUCTION_LEAVE,
    INSTRUCTION_CALL,          /* near direct: target */
    INSTRUCTION_CALL_INDIRECT, /* FF /2, FF /3: pointer if its operand is an absolute address alone */
    INSTRUCTION_CALL_FAR,      /* 9A: target */
    INSTRUCTION_RET,           /* near, C3 or C2: immediate is the n of ret n */
    INSTRUCTION_RET_FAR,       /* CB, CA */
    INSTRUCTION_IRET,          /* also sysexit and sysret */
    INSTRUCTION_JUMP,          /* jmp direct: target */
    INSTRUCTION_JUMP_INDIRECT,
    INSTRUCTION_BRANCH,    /* jcc, loop, jecxz: target */
    INSTRUCTION_INTERRUPT, /* int n, int3, into, icebp, sysenter, syscall; immediate is the vector */
    INSTRUCTION_STOP       /* ud0, ud1, ud2, ret with a 16-bit operand: nothing is known of what follows */
};

enum register_number {
    REGISTER_EAX,
    REGISTER_ECX,
    REGISTER_EDX,
    REGISTER_EBX,
    REGISTER_ESP,
    REGISTER_EBP,
    REGISTER_ESI,
    REGISTER_EDI
};

/* What ModRM's mod and r/m name, SDM vol. 2, 2.1.5. */
enum instruction_operand {
    OPERAND_NONE,     /* there is no ModRM byte */
    OPERAND_REGISTER, /* the register rm */
    OPERAND_BASE,     /* [rm + displacement] */
    OPERAND_ABSOLUTE, /* [displacement] */
    OPERAND_TABLE,    /* [displacement + 4 * a register] */
    OPERAND_ELSE      /* any other index, 16-bit registers, or relative to FS or GS */
};

struct instruction {
    enum instruction_kind kind;
    uint8_t length;
    bool writes_ebp;    /* beyond what kind says: EBP holds something else afterwards (mov ebp, x; popad; xchg) */
    int32_t esp_change; /* PUSH, POP, ADJUST_ESP; 0 for others */
    uint32_t immediate; /* the last one, sign-extended */
    uint32_t target;    /* where a direct call, jump or branch goes */
    uint32_t pointer;   /* CALL_INDIRECT through [pointer], no register involved; 0: none or not absolute */

    uint16_t opcode; /* its last byte, with 0F00h, 3800h or 3A00h in front for 0F xx, 0F 38 xx, 0F 3A xx */
    uint8_t reg;     /* ModRM's reg; without ModRM the low three bits of opcode: the register of push, pop, mov */
    uint8_t operand; /* enum instruction_operand */
    uint8_t rm;
    bool operand_16; /* the prefix 66 */
    uint8_t writes; /* a bit for each register that it names, or pops, and writes as a whole */
    int32_t displacement;
};

/*
 * Decodes the instruction that stands at address, whose first count bytes are given. False: it is none that the CPU
 * knows, or it does not end within count bytes. Knows the 80386 to Pentium integer set, x87, MMX, SSE to SSE4 and the
 * multi-byte nops by length, and PadLock; VEX forms are undefined. A prefix that an instruction does not allow is not
 * noticed.
 */
bool instruction_decode(const uint8_t *bytes, unsigned count, uint32_t address, struct instruction *instruction);

/* The same for the instruction at address in memory. A CALL that thunk.h knows is INSTRUCTION_JUMP_INDIRECT or INSTRUCTION_RET;
   its opcode is still e8h, and target where the code goes on with a word pushed. */
bool instruction_read(struct memory *memory, uint32_t address, struct instruction *instruction);

#endif
