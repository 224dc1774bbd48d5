/* ksg_overflow: too deep a recursion, on purpose. */
#include <stdint.h>

#include "ksg.h"

#define WORDS 16         /* of locals in each frame: several hundred frames fit on a usual stack */
#define TURNS 0x40000u   /* take more than 16 MiB */

/* Writes to its own frame before the call and reads it after: so no frame can be left out, and no call become a jump. The
   index keeps all of it. */
__attribute__((noinline)) static uint32_t overflow_turn(uint32_t turns)
{
    volatile uint32_t words[WORDS];

    words[turns % WORDS] = turns;
    return turns == 0 ? 0 : overflow_turn(turns - 1) + words[turns % WORDS];
}

void KSG_CALL ksg_overflow(void)
{
    volatile uint32_t sum = overflow_turn(TURNS);

    (void)sum;
}
