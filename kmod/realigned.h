/* Functions that gcc has align ESP: above their frame stands a copy of the return address, and ESP returns over the
   original, somewhere above that. lea ecx, [esp + 4]; and esp, -16; push dword [ecx - 4]; push ebp; mov ebp, esp */
#ifndef KMOD_REALIGNED_H
#define KMOD_REALIGNED_H

#include "walk.h"

/* Is the function at start one of them? */
bool realigned_at_start(struct memory *memory, uint32_t start);

/* Where the original is of the return address that has a copy at copy. False: words that are the same lie between them,
   and none of the registers that the function saved below its EBP tells which it is. */
bool realigned_original(const struct walk *walk, const struct function *function, uint32_t copy, uint32_t *original);

/*
 * The function has just aligned ESP, and made no copy yet: the return address is one of the few words above it. It
 * verifies; so may what an earlier call left below it, and others' above it, and then this is a guess.
 */
bool realigned_locate(const struct walk *walk, const struct function *function, struct record *record,
                      enum evidence *evidence, enum trust *trust);

#endif
