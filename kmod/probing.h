/* Functions that probe the stack page by page, in a loop, to make room for much: -fstack-clash-protection. In the loop
   the code alone does not tell how far ESP has got. lea eax, [esp - n]; loop: sub esp, 4096; or dword [esp], 0;
   cmp esp, eax; jne loop */
#ifndef KMOD_PROBING_H
#define KMOD_PROBING_H

#include "walk.h"

/*
 * The function, without an EBP frame, stands in such a loop. The register that tells where the loop ends tells where it
 * began, too. Where registers are not known the return address is at one of the places that a turn can have left it at:
 * it verifies; so may what earlier calls left below it, and then this is a guess.
 */
bool probing_locate(const struct walk *walk, const struct function *function, struct record *record,
                    enum evidence *evidence, enum trust *trust);

#endif
