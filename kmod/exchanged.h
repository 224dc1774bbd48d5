/* Code that gets its old ESP back, behind a call on another stack. */
#ifndef KMOD_EXCHANGED_H
#define KMOD_EXCHANGED_H

#include "trap.h"
#include "walk.h"

struct exchange {
    const struct ksg_stack *stack; /* the registered one that ESP goes back to, */
    uint32_t esp;                  /* where, */
    uint32_t back;                 /* and the instruction that is executed first there */
    bool trapped;                  /* what goes on there is a stub, and this is its trap */
    struct trap trap;
    bool doubtful; /* there is another ESP that would do as well */
};

/*
 * The function that made the call gets its ESP from a register or from memory: the word is on this stack, above what
 * the function itself left there, or among the registers that its callee saved. It is the one from where, on another
 * registered stack, the function's code leads to its trap or to the return address that a CALL of it left.
 */
bool exchanged_find(const struct walk *walk, struct function *function, struct exchange *exchange);

/* Where that cannot be told, and EBP leads to the caller's record on the stack: the nearest return address below it
   that a direct CALL of the function left. EBP itself when there is none. */
uint32_t exchanged_near(const struct walk *walk, const struct function *function, const struct ksg_stack *stack);

#endif
