/*
 * Thunks: how compilers write indirect jumps and returns so that the CPU does not guess where they lead (retpolines).
 *
 *         call over               a word is pushed, and what it says is not where this goes on
 *     loop:
 *         pause; lfence; jmp loop
 *     over:
 *         mov [esp], eax          or lea esp, [esp + 4]; or add esp, 4
 *         ret                     to eax; or to the return address
 *
 * They are known by the code at `over` alone: whatever calls it goes on there, and never behind the call.
 */
#ifndef KMOD_THUNK_H
#define KMOD_THUNK_H

#include "memory.h"

enum thunk { THUNK_NONE, THUNK_JUMP, THUNK_RETURN };

/* What a direct call of target is, where next is the address behind it. */
enum thunk thunk_of_call(struct memory *memory, uint32_t next, uint32_t target);

/* Is the function at address nothing but a jump to somewhere else? Then its call says nothing of what was called. */
bool thunk_at(struct memory *memory, uint32_t address);

/* Is there a RET at address that is no return, but a jump to what the instruction before it wrote to [esp]? */
bool thunk_jumps(struct memory *memory, uint32_t address);

#endif
