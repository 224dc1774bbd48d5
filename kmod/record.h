/* A record: a saved EBP with a return address above it, and how far the return address is verified. */
#ifndef KMOD_RECORD_H
#define KMOD_RECORD_H

#include "call.h"
#include "code.h"
#include "memory.h"

#define RECORD_SIZE 8 /* bytes: the saved EBP, the return address */

/* Bytes below a stack's base in which its first frames are: they may have been called by nobody, with any EBP. */
#define STACK_BOTTOM 128

/* The stack being walked, and what its words are checked against. */
struct view {
    struct memory *memory;
    struct code *code;
    uint32_t limit; /* lowest address that counts as this stack: ESP, where that lies below the stack's limit */
    uint32_t base;
    uint16_t kernel_cs; /* the selector that the kernel's code runs on; 0: not known */
    uint8_t skew;       /* so many bytes above multiples of 4 lie its words: 0, but for a stack that nobody aligned */
};

static inline bool view_aligned(const struct view *view, uint32_t address)
{
    return ((address - view->skew) & 3) == 0;
}

struct record {
    uint32_t at;
    uint32_t link;           /* the saved EBP */
    uint32_t return_address;
};

/* Can a record at this address be followed by one at link? */
static inline bool record_leads_up(const struct view *view, uint32_t at, uint32_t link)
{
    return view_aligned(view, link) && link > at && link <= view->base - RECORD_SIZE;
}

/* Why no record could be read. */
enum record_error { RECORD_GOOD, RECORD_ODD, RECORD_DOWN, RECORD_OFF, RECORD_UNREADABLE };

/* The record at address, which has to be aligned as the view is, at floor or above and wholly below the base. */
enum record_error record_read(const struct view *view, uint32_t address, uint32_t floor, struct record *record);

/* What the CALL before a return address says about the function that it is said to have called. */
enum evidence {
    EVIDENCE_NONE,     /* no CALL ends there; or none can be read there, and it lies outside all known code */
    EVIDENCE_AGAINST,  /* a direct CALL of some other function, which does not jump on to this one */
    EVIDENCE_UNKNOWN,  /* the code cannot be read */
    EVIDENCE_INDIRECT, /* an indirect CALL, which could have called it; or a direct one of a function that jumps on */
    EVIDENCE_DIRECT    /* a direct CALL of this very function */
};

/* callee: the function called; 0: not known, and then a direct CALL of anything counts as EVIDENCE_INDIRECT. */
enum evidence record_evidence(const struct view *view, uint32_t return_address, const struct function *callee);

/* Is this evidence for the return address? */
static inline bool evidence_verifies(enum evidence evidence)
{
    return evidence >= EVIDENCE_INDIRECT;
}

#endif
