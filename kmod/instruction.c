/* One 32-bit x86 instruction: its length, by the opcode maps of SDM vol. 2, appendix A, and what it does. */
#include "instruction.h"

#include "thunk.h"

/* What follows an opcode, and which of its operands it writes as a whole register. */
enum form {
    N = 0,     /* nothing */
    M = 0x01,  /* ModRM, with SIB and displacement */
    B = 0x02,  /* a byte */
    Z = 0x04,  /* a word as large as the operand size */
    H = 0x08,  /* a half-word */
    A = 0x10,  /* a word as large as the address size */
    S = 0x20,  /* nothing; writes reg */
    R = S | M, /* ModRM; writes reg */
    T = 0x40,
    W = T | M, /* ModRM; writes r/m if it is a register */
    X = R | W, /* ModRM; writes both */
    P = 0x80,  /* a prefix, or the first byte of another map */
    U = 0xff,  /* undefined */

    MB = M | B,
    MZ = M | Z,
    RB = R | B,
    RZ = R | Z,
    SZ = S | Z,
    WB = W | B,
    WZ = W | Z,
    ZH = Z | H,
    HB = H | B
};

/* clang-format off */
static const uint8_t one_byte_map[256] = {
    /*       0   1   2   3   4   5   6   7   8   9   a   b   c   d   e   f */
    /* 00 */ M,  W,  M,  R,  B,  Z,  N,  N,  M,  W,  M,  R,  B,  Z,  N,  P,
    /* 10 */ M,  W,  M,  R,  B,  Z,  N,  N,  M,  W,  M,  R,  B,  Z,  N,  N,
    /* 20 */ M,  W,  M,  R,  B,  Z,  P,  N,  M,  W,  M,  R,  B,  Z,  P,  N,
    /* 30 */ M,  W,  M,  R,  B,  Z,  P,  N,  M,  M,  M,  M,  B,  Z,  P,  N,
    /* 40 */ S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,  S,
    /* 50 */ N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,  N,
    /* 60 */ N,  N,  M,  W,  P,  P,  P,  P,  Z,  RZ, B,  RB, N,  N,  N,  N,
    /* 70 */ B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,  B,
    /* 80 */ MB, WZ, MB, WB, M,  M,  M,  X,  M,  W,  M,  R,  W,  R,  M,  M,
    /* 90 */ S,  S,  S,  S,  S,  S,  S,  S,  N,  N,  ZH, N,  N,  N,  N,  N,
    /* a0 */ A,  A,  A,  A,  N,  N,  N,  N,  B,  Z,  N,  N,  N,  N,  N,  N,
    /* b0 */ B,  B,  B,  B,  B,  B,  B,  B,  SZ, SZ, SZ, SZ, SZ, SZ, SZ, SZ,
    /* c0 */ MB, WB, H,  N,  R,  R,  MB, WZ, HB, N,  H,  N,  N,  B,  N,  N,
    /* d0 */ M,  W,  M,  W,  B,  B,  N,  N,  M,  M,  M,  M,  M,  M,  M,  M,
    /* e0 */ B,  B,  B,  B,  B,  B,  B,  B,  Z,  Z,  ZH, B,  N,  N,  N,  N,
    /* f0 */ P,  N,  P,  P,  N,  N,  M,  M,  N,  N,  N,  N,  N,  N,  M,  M,
};

static const uint8_t two_byte_map[256] = { /* 0F xx */
    /*       0   1   2   3   4   5   6   7   8   9   a   b   c   d   e   f */
    /* 00 */ M,  M,  R,  R,  U,  N,  N,  N,  N,  N,  U,  N,  U,  M,  U,  U,
    /* 10 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 20 */ W,  W,  M,  M,  W,  U,  M,  U,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 30 */ N,  N,  N,  N,  N,  N,  U,  N,  P,  U,  P,  U,  U,  U,  U,  U,
    /* 40 */ R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,  R,
    /* 50 */ R,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 60 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* 70 */ MB, MB, MB, MB, M,  M,  M,  N,  W,  M,  U,  U,  M,  M,  W,  M,
    /* 80 */ Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,  Z,
    /* 90 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* a0 */ N,  N,  N,  M,  WB, W,  M,  M,  N,  N,  N,  W,  WB, W,  M,  R,
    /* b0 */ M,  W,  R,  W,  R,  R,  R,  R,  R,  M,  MB, W,  R,  R,  R,  R,
    /* c0 */ M,  X,  MB, M,  MB, RB, MB, M,  S,  S,  S,  S,  S,  S,  S,  S,
    /* d0 */ M,  M,  M,  M,  M,  M,  M,  R,  M,  M,  M,  M,  M,  M,  M,  M,
    /* e0 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
    /* f0 */ M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,  M,
};
/* clang-format on */

static unsigned map_0f38(uint8_t opcode)
{
    if (opcode == 0xf0) /* movbe, crc32 */
        return R;
    return opcode <= 0x41 || opcode == 0xf1 ? M : U;
}

static unsigned map_0f3a(uint8_t opcode)
{
    bool extracts = opcode >= 0x14 && opcode <= 0x17; /* pextrb, pextrw, pextrd, extractps */
    bool moves = (opcode >= 0x08 && opcode <= 0x0f) || (opcode >= 0x20 && opcode <= 0x22);
    bool compares = (opcode >= 0x40 && opcode <= 0x42) || opcode == 0x44 || (opcode >= 0x60 && opcode <= 0x63);

    if (extracts)
        return WB;
    return moves || compares ? MB : U;
}

/* The bytes of one instruction; what lies beyond them reads as 0 and is remembered. */
struct cursor {
    const uint8_t *bytes;
    unsigned at;
    unsigned end;
    bool beyond;
};

static uint8_t take_byte(struct cursor *cursor)
{
    if (cursor->at >= cursor->end) {
        cursor->beyond = true;
        return 0;
    }
    return cursor->bytes[cursor->at++];
}

static uint32_t take_half(struct cursor *cursor)
{
    uint32_t low = take_byte(cursor);

    return low | (uint32_t)take_byte(cursor) << 8;
}

static uint32_t take_word(struct cursor *cursor)
{
    uint32_t low = take_half(cursor);

    return low | take_half(cursor) << 16;
}

static uint32_t extend_byte(uint32_t byte)
{
    return (byte ^ 0x80) - 0x80;
}

static uint32_t extend_half(uint32_t half)
{
    return (half ^ 0x8000) - 0x8000;
}

struct prefixes {
    bool operand_16; /* 66 */
    bool address_16; /* 67 */
    bool fs_or_gs;
    uint8_t repeat; /* the last of F2, F3 */
};

/* Takes the prefixes and returns the opcode's first byte. */
static uint8_t take_prefixes(struct cursor *cursor, struct prefixes *prefixes)
{
    for (;;) {
        uint8_t byte = take_byte(cursor);

        switch (byte) {
        case 0x66:
            prefixes->operand_16 = true;
            break;
        case 0x67:
            prefixes->address_16 = true;
            break;
        case 0x64:
        case 0x65:
            prefixes->fs_or_gs = true;
            break;
        case 0xf2:
        case 0xf3:
            prefixes->repeat = byte;
            break;
        case 0x26:
        case 0x2e:
        case 0x36:
        case 0x3e:
        case 0xf0:
            break;
        default:
            return byte;
        }
    }
}

/* Takes the opcode and returns its form. */
static unsigned take_opcode(struct cursor *cursor, uint8_t first, struct instruction *instruction)
{
    uint8_t byte = first;
    unsigned form = one_byte_map[byte];

    instruction->opcode = byte;
    if (byte == 0x0f) {
        byte = take_byte(cursor);
        form = two_byte_map[byte];
        instruction->opcode = (uint16_t)(0x0f00 | byte);
    }
    if (instruction->opcode == 0x0f38) {
        byte = take_byte(cursor);
        form = map_0f38(byte);
        instruction->opcode = (uint16_t)(0x3800 | byte);
    } else if (instruction->opcode == 0x0f3a) {
        byte = take_byte(cursor);
        form = map_0f3a(byte);
        instruction->opcode = (uint16_t)(0x3a00 | byte);
    }
    instruction->reg = byte & 7;
    return form;
}

#define RM_SIB 4             /* with mod 0 to 2: a SIB byte follows */
#define RM_DISPLACEMENT 5    /* with mod 0, also as SIB's base: no register, 32 bits follow */
#define RM_16_DISPLACEMENT 6 /* the same of 16-bit addresses */
#define INDEX_NONE 4
#define SCALE_4 2
#define OPCODE_LEA 0x8d

static void take_operand_16(struct cursor *cursor, unsigned mod, struct instruction *instruction)
{
    instruction->operand = OPERAND_ELSE;
    if (mod == 1) {
        take_byte(cursor);
    } else if (mod == 2) {
        take_half(cursor);
    } else if (instruction->rm == RM_16_DISPLACEMENT) {
        instruction->operand = OPERAND_ABSOLUTE;
        instruction->displacement = (int32_t)take_half(cursor);
    }
}

static void take_operand_32(struct cursor *cursor, unsigned mod, struct instruction *instruction)
{
    instruction->operand = OPERAND_BASE;
    if (instruction->rm == RM_SIB) {
        uint8_t sib = take_byte(cursor);

        instruction->rm = sib & 7;
        if ((sib >> 3 & 7) != INDEX_NONE)
            instruction->operand = sib >> 6 == SCALE_4 ? OPERAND_TABLE : OPERAND_ELSE;
    }
    if (mod == 1) {
        instruction->displacement = (int32_t)extend_byte(take_byte(cursor));
    } else if (mod == 2) {
        instruction->displacement = (int32_t)take_word(cursor);
    } else if (instruction->rm == RM_DISPLACEMENT) {
        instruction->displacement = (int32_t)take_word(cursor);
        if (instruction->operand == OPERAND_BASE)
            instruction->operand = OPERAND_ABSOLUTE;
        return;
    }
    if (instruction->operand == OPERAND_TABLE)
        instruction->operand = OPERAND_ELSE;
}

/* ModRM, SIB and displacement: SDM vol. 2, tables 2-1 to 2-3. */
static void take_operand(struct cursor *cursor, const struct prefixes *prefixes, struct instruction *instruction)
{
    uint8_t modrm = take_byte(cursor);
    bool moves_control_register = instruction->opcode >= 0x0f20 && instruction->opcode <= 0x0f26; /* mod is ignored */

    instruction->reg = modrm >> 3 & 7;
    instruction->rm = modrm & 7;
    if (modrm >= 0xc0 || moves_control_register)
        instruction->operand = OPERAND_REGISTER;
    else if (prefixes->address_16)
        take_operand_16(cursor, modrm >> 6, instruction);
    else
        take_operand_32(cursor, modrm >> 6, instruction);
    if (prefixes->fs_or_gs && instruction->operand != OPERAND_REGISTER && instruction->opcode != OPCODE_LEA)
        instruction->operand = OPERAND_ELSE;
}

/* The form of those whose ModRM or prefix has a say in it: SDM vol. 2, table A-6. */
static unsigned refine(unsigned form, const struct prefixes *prefixes, const struct instruction *instruction)
{
    unsigned reg = instruction->reg;
    bool in_register = instruction->operand == OPERAND_REGISTER;

    switch (instruction->opcode) {
    case 0x62: /* bound */
    case 0x8d: /* lea */
    case 0xc4: /* les, lds; with a register: VEX */
    case 0xc5:
    case 0x0fb2: /* lss, lfs, lgs */
    case 0x0fb4:
    case 0x0fb5:
    case 0x0fc3: /* movnti */
        return in_register ? U : form;
    case 0x81: /* add, or, adc, sbb, and, sub, xor, cmp */
    case 0x83:
        return reg == 7 ? form & ~(unsigned)T : form;
    case 0x8c: /* mov from and to segment registers */
        return reg > 5 ? U : form;
    case 0x8e:
        return reg == 1 || reg > 5 ? U : form;
    case 0x8f: /* pop */
    case 0xc6: /* mov */
    case 0xc7:
        return reg != 0 ? U : form;
    case 0xf6: /* test, test, not, neg, mul, imul, div, idiv */
        return reg < 2 ? MB : form;
    case 0xf7:
        return reg < 2 ? MZ : reg < 4 ? W : M;
    case 0xfe: /* inc, dec */
        return reg > 1 ? U : form;
    case 0xff: /* inc, dec, call, call far, jmp, jmp far, push */
        return reg == 7 || (in_register && (reg == 3 || reg == 5)) ? U : reg < 2 ? W : form;
    case 0x0f00: /* sldt, str, lldt, ltr, verr, verw */
        return reg > 5 ? U : reg < 2 ? W : form;
    case 0x0f01: /* smsw and much else */
        return reg == 4 ? W : form;
    case 0x0fa6: /* PadLock: montmul, xsha1 and more; xstore, xcryptecb and more. In memory: none */
    case 0x0fa7:
        return in_register ? form : U;
    case 0x0fba: /* bt, bts, btr, btc */
        return reg < 4 ? U : reg == 4 ? form : WB;
    case 0x0fc7: /* cmpxchg8b and what came later: xsavec, vmptrld; rdrand, rdseed */
        return in_register ? (reg < 6 ? U : W) : reg == 0 || reg == 2 ? U : form;
    case 0x0f2c: /* cvttss2si, cvtss2si; without the prefix to MMX registers */
    case 0x0f2d:
        return prefixes->repeat ? R : form;
    case 0x0f78: /* vmread; with a prefix extrq and insertq, which AMD alone knows */
        return prefixes->operand_16 || prefixes->repeat ? U : form;
    case 0x0f7e: /* movd; with the prefix movq between SSE registers */
        return prefixes->repeat ? M : form;
    case 0x0fb8: /* popcnt */
        return prefixes->repeat == 0xf3 ? form : U;
    case 0x38f1: /* crc32; without the prefix movbe to memory */
        return prefixes->repeat == 0xf2 ? R : form;
    default:
        return form;
    }
}

/* Takes the immediate operands. Returns the second one, which only enter has. */
static uint32_t take_immediate(struct cursor *cursor, unsigned form, const struct prefixes *prefixes,
                               struct instruction *instruction)
{
    uint32_t half;

    if (form & A) {
        instruction->displacement = (int32_t)(prefixes->address_16 ? take_half(cursor) : take_word(cursor));
        return 0;
    }
    if (form & Z)
        instruction->immediate = prefixes->operand_16 ? extend_half(take_half(cursor)) : take_word(cursor);
    if (form & H) {
        half = take_half(cursor);
        if (form & Z) /* the selector of a far pointer */
            return 0;
        instruction->immediate = half;
        return form & B ? take_byte(cursor) : 0;
    }
    if (form & B)
        instruction->immediate = extend_byte(take_byte(cursor));
    return 0;
}

static void push(struct instruction *instruction, int32_t bytes)
{
    instruction->kind = INSTRUCTION_PUSH;
    instruction->esp_change = -bytes;
}

static void pop(struct instruction *instruction, int32_t bytes)
{
    instruction->kind = INSTRUCTION_POP;
    instruction->esp_change = bytes;
}

static void pop_register(struct instruction *instruction, unsigned number, int32_t bytes)
{
    pop(instruction, bytes);
    instruction->writes = (uint8_t)(1u << number);
    if (number == REGISTER_ESP) {
        instruction->kind = INSTRUCTION_LOST_ESP;
        instruction->esp_change = 0;
    } else if (number == REGISTER_EBP) {
        instruction->kind = bytes == 4 ? INSTRUCTION_POP_EBP : INSTRUCTION_POP;
        instruction->writes_ebp = bytes != 4;
    }
}

/* A direct transfer: immediate is relative to the next instruction. EIP is cut to 16 bits by the prefix 66. */
static void transfer(struct instruction *instruction, enum instruction_kind kind, uint32_t next, bool operand_16)
{
    instruction->kind = kind;
    instruction->target = next + instruction->immediate;
    if (operand_16)
        instruction->target &= 0xffff;
}

static void interrupt(struct instruction *instruction, uint32_t vector)
{
    instruction->kind = INSTRUCTION_INTERRUPT;
    instruction->immediate = vector;
}

/* Of lea, or of mov between registers. */
static unsigned source(const struct instruction *instruction)
{
    return instruction->opcode == 0x89 ? instruction->reg : instruction->rm;
}

static bool is_lea(const struct instruction *instruction)
{
    return instruction->opcode == OPCODE_LEA && instruction->operand == OPERAND_BASE;
}

static bool is_register_mov(const struct instruction *instruction)
{
    return (instruction->opcode == 0x89 || instruction->opcode == 0x8b) && instruction->operand == OPERAND_REGISTER;
}

static void adjust_esp(struct instruction *instruction, uint32_t change)
{
    instruction->kind = INSTRUCTION_ADJUST_ESP;
    instruction->esp_change = (int32_t)change;
}

static void classify_esp_write(struct instruction *instruction)
{
    bool combines_constant = instruction->opcode == 0x81 || instruction->opcode == 0x83;

    if (is_lea(instruction) && source(instruction) == REGISTER_ESP) {
        adjust_esp(instruction, (uint32_t)instruction->displacement);
    } else if (is_lea(instruction) && source(instruction) == REGISTER_EBP) {
        instruction->kind = INSTRUCTION_ESP_FROM_EBP;
        instruction->immediate = (uint32_t)instruction->displacement;
    } else if (is_register_mov(instruction) && source(instruction) == REGISTER_EBP) {
        instruction->kind = INSTRUCTION_ESP_FROM_EBP;
    } else if (is_register_mov(instruction) && source(instruction) == REGISTER_ESP) {
        instruction->kind = INSTRUCTION_OTHER;
    } else if (combines_constant && instruction->reg == 0) {
        adjust_esp(instruction, instruction->immediate);
    } else if (combines_constant && instruction->reg == 5) {
        adjust_esp(instruction, 0 - instruction->immediate);
    } else if (combines_constant && instruction->reg == 4) {
        instruction->kind = INSTRUCTION_ALIGN_ESP;
    } else {
        instruction->kind = INSTRUCTION_LOST_ESP;
    }
}

static void classify_ebp_write(struct instruction *instruction)
{
    if (is_lea(instruction) && source(instruction) == REGISTER_ESP) {
        instruction->kind = INSTRUCTION_LEA_EBP;
        instruction->immediate = (uint32_t)instruction->displacement;
    } else if (is_register_mov(instruction) && source(instruction) == REGISTER_ESP) {
        instruction->kind = INSTRUCTION_EBP_FROM_ESP;
    } else {
        instruction->writes_ebp = true;
    }
}

/* A bit for each register that its form says it writes. */
static uint8_t written(const struct instruction *instruction, unsigned form)
{
    unsigned reg = form & S ? 1u << instruction->reg : 0;
    unsigned rm = form & T && instruction->operand == OPERAND_REGISTER ? 1u << instruction->rm : 0;

    return (uint8_t)(reg | rm);
}

/* What an instruction that writes whole registers does to ESP and EBP. */
static void classify_write(struct instruction *instruction, bool operand_16)
{
    bool writes_esp = instruction->writes >> REGISTER_ESP & 1;
    bool writes_ebp = instruction->writes >> REGISTER_EBP & 1;

    if ((writes_esp && writes_ebp) || operand_16) {
        instruction->kind = writes_esp ? INSTRUCTION_LOST_ESP : INSTRUCTION_OTHER;
        instruction->writes_ebp = writes_ebp;
    } else if (writes_esp) {
        classify_esp_write(instruction);
    } else if (writes_ebp) {
        classify_ebp_write(instruction);
    }
}

/* Group 5, SDM vol. 2, table A-6. */
static void classify_ff(struct instruction *instruction, int32_t word)
{
    switch (instruction->reg) {
    case 2:
    case 3:
        instruction->kind = INSTRUCTION_CALL_INDIRECT;
        if (instruction->operand == OPERAND_ABSOLUTE)
            instruction->pointer = (uint32_t)instruction->displacement;
        break;
    case 4:
    case 5:
        instruction->kind = INSTRUCTION_JUMP_INDIRECT;
        break;
    case 6:
        push(instruction, word);
        if (instruction->operand == OPERAND_REGISTER && instruction->rm == REGISTER_EBP && word == 4)
            instruction->kind = INSTRUCTION_PUSH_EBP;
        break;
    default:
        classify_write(instruction, word != 4);
    }
}

static void classify_two_byte(struct instruction *instruction, int32_t word, uint32_t next)
{
    switch (instruction->opcode) {
    case 0x0f05: /* syscall */
    case 0x0f34: /* sysenter */
        instruction->kind = INSTRUCTION_INTERRUPT;
        break;
    case 0x0f07: /* sysret */
    case 0x0f35: /* sysexit */
        instruction->kind = INSTRUCTION_IRET;
        break;
    case 0x0f0b: /* ud2 */
    case 0x0fb9: /* ud1 */
    case 0x0fff: /* ud0 */
        instruction->kind = INSTRUCTION_STOP;
        break;
    case 0x0fa0: /* push fs, gs */
    case 0x0fa8:
        push(instruction, word);
        break;
    case 0x0fa1: /* pop fs, gs */
    case 0x0fa9:
        pop(instruction, word);
        break;
    default:
        if ((instruction->opcode & 0xfff0) == 0x0f80)
            transfer(instruction, INSTRUCTION_BRANCH, next, word != 4);
        else
            classify_write(instruction, word != 4);
    }
}

static void classify(struct instruction *instruction, bool operand_16, uint32_t nesting, uint32_t next)
{
    int32_t word = operand_16 ? 2 : 4;
    unsigned opcode = instruction->opcode;

    if (opcode > 0xff) {
        classify_two_byte(instruction, word, next);
        return;
    }
    switch (opcode) {
    case 0x06: /* push es, cs, ss, ds */
    case 0x0e:
    case 0x16:
    case 0x1e:
    case 0x68: /* push constant */
    case 0x6a:
    case 0x9c: /* pushfd */
        push(instruction, word);
        break;
    case 0x60: /* pushad */
        push(instruction, 8 * word);
        break;
    case 0x07: /* pop es, ss, ds */
    case 0x17:
    case 0x1f:
    case 0x9d: /* popfd */
        pop(instruction, word);
        break;
    case 0x61: /* popad; the ESP that it pops is thrown away */
        pop(instruction, 8 * word);
        instruction->writes = 0xff;
        instruction->writes_ebp = true;
        break;
    case 0x8f:
        if (instruction->operand == OPERAND_REGISTER)
            pop_register(instruction, instruction->rm, word);
        else
            pop(instruction, word);
        break;
    case 0x9a:
        instruction->kind = INSTRUCTION_CALL_FAR;
        instruction->target = operand_16 ? instruction->immediate & 0xffff : instruction->immediate;
        break;
    case 0xea:
        instruction->kind = INSTRUCTION_JUMP;
        instruction->target = operand_16 ? instruction->immediate & 0xffff : instruction->immediate;
        break;
    case 0xc2:
    case 0xc3:
        instruction->kind = operand_16 ? INSTRUCTION_STOP : INSTRUCTION_RET;
        break;
    case 0xc8:
        instruction->kind = nesting % 32 || operand_16 ? INSTRUCTION_LOST_ESP : INSTRUCTION_ENTER;
        instruction->writes_ebp = instruction->kind == INSTRUCTION_LOST_ESP;
        break;
    case 0xc9:
        instruction->kind = operand_16 ? INSTRUCTION_LOST_ESP : INSTRUCTION_LEAVE;
        instruction->writes_ebp = operand_16;
        break;
    case 0xca:
    case 0xcb:
        instruction->kind = INSTRUCTION_RET_FAR;
        break;
    case 0xcc:
        interrupt(instruction, 3);
        break;
    case 0xcd:
        interrupt(instruction, instruction->immediate & 0xff);
        break;
    case 0xce:
        interrupt(instruction, 4);
        break;
    case 0xf1:
        interrupt(instruction, 1);
        break;
    case 0xcf:
        instruction->kind = INSTRUCTION_IRET;
        break;
    case 0xe0: /* loopne, loope, loop, jecxz */
    case 0xe1:
    case 0xe2:
    case 0xe3:
        transfer(instruction, INSTRUCTION_BRANCH, next, operand_16);
        break;
    case 0xe8:
        transfer(instruction, INSTRUCTION_CALL, next, operand_16);
        break;
    case 0xe9:
    case 0xeb:
        transfer(instruction, INSTRUCTION_JUMP, next, operand_16);
        break;
    case 0xff:
        classify_ff(instruction, word);
        break;
    default:
        if ((opcode & 0xf8) == 0x50) {
            push(instruction, word);
            if (instruction->reg == REGISTER_EBP && !operand_16)
                instruction->kind = INSTRUCTION_PUSH_EBP;
        } else if ((opcode & 0xf8) == 0x58) {
            pop_register(instruction, instruction->reg, word);
        } else if ((opcode & 0xf0) == 0x70) {
            transfer(instruction, INSTRUCTION_BRANCH, next, operand_16);
        } else {
            classify_write(instruction, operand_16);
        }
    }
}

bool instruction_decode(const uint8_t *bytes, unsigned count, uint32_t address, struct instruction *instruction)
{
    struct cursor cursor = {bytes, 0, count < INSTRUCTION_LONGEST ? count : INSTRUCTION_LONGEST, false};
    struct prefixes prefixes = {false, false, false, 0};
    unsigned form;
    uint32_t nesting;

    instruction->kind = INSTRUCTION_OTHER;
    instruction->writes_ebp = false;
    instruction->esp_change = 0;
    instruction->immediate = 0;
    instruction->target = 0;
    instruction->pointer = 0;
    instruction->operand = OPERAND_NONE;
    instruction->rm = 0;
    instruction->displacement = 0;

    form = take_opcode(&cursor, take_prefixes(&cursor, &prefixes), instruction);
    if (form == U)
        return false;
    if (form & M) {
        take_operand(&cursor, &prefixes, instruction);
        form = refine(form, &prefixes, instruction);
        if (form == U)
            return false;
    }
    nesting = take_immediate(&cursor, form, &prefixes, instruction);
    if (cursor.beyond)
        return false;
    instruction->length = (uint8_t)cursor.at;
    instruction->operand_16 = prefixes.operand_16;
    instruction->writes = written(instruction, form);
    classify(instruction, prefixes.operand_16, nesting, address + cursor.at);
    return true;
}

/* The call of a thunk is the jump or the return that it stands for; target is where the code goes on. */
static void resolve_call(struct memory *memory, uint32_t next, struct instruction *instruction)
{
    enum thunk thunk = thunk_of_call(memory, next, instruction->target);

    if (thunk == THUNK_JUMP) {
        instruction->kind = INSTRUCTION_JUMP_INDIRECT;
    } else if (thunk == THUNK_RETURN) {
        instruction->kind = INSTRUCTION_RET;
        instruction->immediate = 0;
    }
}

bool instruction_read(struct memory *memory, uint32_t address, struct instruction *instruction)
{
    const struct window *window = &memory->code;
    uint8_t bytes[INSTRUCTION_LONGEST];
    bool known;

    memory->work++;
    if (memory_holds(window, address, INSTRUCTION_LONGEST))
        known = instruction_decode(memory_at(window, address), INSTRUCTION_LONGEST, address, instruction);
    else
        known = instruction_decode(bytes, memory_code(memory, address, bytes, INSTRUCTION_LONGEST), address, instruction);
    if (known && instruction->kind == INSTRUCTION_CALL)
        resolve_call(memory, address + instruction->length, instruction);
    return known;
}
