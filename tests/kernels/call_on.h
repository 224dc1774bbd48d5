/* A call on another stack. */
#ifndef KERNELS_CALL_ON_H
#define KERNELS_CALL_ON_H

#include <stdint.h>

/* Calls function on the stack that ends at base. */
void call_on(uint32_t base, void (*function)(void));
__asm__(".text\n"
        ".type call_on, @function\n"
        "call_on:\n\t"
        "push %ebp\n\t"
        "mov %esp, %ebp\n\t"
        "mov 12(%ebp), %eax\n\t"
        "mov 8(%ebp), %esp\n\t"
        "call *%eax\n"
        "call_on.returns:\n\t"
        "leave\n\t"
        "ret\n"
        ".size call_on, . - call_on");

#endif
