/* Stacks whose words lie off the multiples of 4: one from an allocator that does not align, say. */
#ifndef KMOD_SKEW_H
#define KMOD_SKEW_H

#include "walk.h"

/* The skew of a stack that both are on. Where they differ, one of them is no multiple of 4 for some other reason, such
   as a push of 16 bits. */
static inline uint8_t skew_of(uint32_t esp, uint32_t ebp)
{
    return (esp ^ ebp) & 3 ? 0 : esp & 3;
}

/* May EBP point to a record there, on whatever stack? At a multiple of 4 it may; elsewhere a direct CALL of the function
   that the walk stands in has to say so. */
bool skew_ebp_fits(const struct walk *walk);

/* A function or a stub that aligns ESP has aligned words below it, and its caller's, which are not, above: the walk's skew
   becomes another where a return address says so. */
void skew_follow(struct walk *walk);

#endif
