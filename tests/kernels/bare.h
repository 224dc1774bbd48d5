/* Functions without EBP frames: spread makes a frame that jumps its stack's guard page, into the stack below, and dig calls
   itself until that one is full, too. */
#ifndef KERNELS_BARE_H
#define KERNELS_BARE_H

#include "kernel.h"

void spread(void);
void dig(void);

__asm__(".pushsection .text\n"
        ".globl spread, dig\n"
        ".type spread, @function\n"
        "spread:\n\t"
        "sub $0x2800, %esp\n\t"
        "call dig\n\t"
        "add $0x2800, %esp\n\t"
        "ret\n"
        ".size spread, . - spread\n"
        ".type dig, @function\n"
        "dig:\n\t"
        "sub $0x1c, %esp\n\t"
        "call dig\n\t"
        "add $0x1c, %esp\n\t"
        "ret\n"
        ".size dig, . - dig\n"
        ".popsection");

#endif
