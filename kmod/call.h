/* Does a CALL end here? What makes a word on the stack a return address. */
#ifndef KMOD_CALL_H
#define KMOD_CALL_H

#include "memory.h"

enum call_kind {
    CALL_UNKNOWN,  /* bytes before the address cannot be read, and no CALL is in those that can */
    CALL_NONE,     /* they were read, and no CALL ends there */
    CALL_INDIRECT, /* through a register or memory: it could have called anything */
    CALL_DIRECT    /* E8 or 9A: target */
};

struct call {
    enum call_kind kind;
    uint32_t site;    /* the CALL's own address */
    uint32_t target;  /* CALL_DIRECT */
    uint32_t pointer; /* CALL_INDIRECT through [pointer], an absolute address: call dword [b9596090h]; else 0 */
};

/*
 * The CALL that ends right before return_address: E8, FF /2 and FF /3 in every addressing form, 9A, each with segment
 * and size prefixes. Bytes can often be read as more than one CALL: a direct one wins whose target prefer says is right
 * (target == prefer, when prefer is not 0), then the shortest. A prefix that changes nothing counts as no part of it.
 */
struct call call_before(struct memory *memory, uint32_t return_address, uint32_t prefer);

#define CALL_E8_OPCODE 0xe8
#define CALL_E8_LENGTH 5

/* The target of the E8 that ends there, in code that the window shows already. The usual case, for a few instructions; false
   says nothing. */
static inline bool call_seen(const struct memory *memory, uint32_t return_address, uint32_t *target)
{
    const uint8_t *call;

    if (!memory_holds(&memory->code, return_address - CALL_E8_LENGTH, CALL_E8_LENGTH))
        return false;
    call = memory_at(&memory->code, return_address - CALL_E8_LENGTH);
    *target = return_address + memory_load(call + 1);
    return *call == CALL_E8_OPCODE;
}

/* Is it that target? */
static inline bool call_goes_to(const struct memory *memory, uint32_t return_address, uint32_t target)
{
    uint32_t seen;

    return call_seen(memory, return_address, &seen) && seen == target;
}

#endif
