/* Where a frame is that EBP does not show: the code tells, or the words of the stack do. */
#ifndef KMOD_LOCATE_H
#define KMOD_LOCATE_H

#include "walk.h"

/* They set the record that the frame would have: as in kf, ChildEBP is the word below the return address. */

/* The return address at address, which is above ESP; link: EBP behind it. */
bool locate_return_address(const struct walk *walk, uint32_t address, uint32_t link, struct record *record);

/* Finds the frame of a function that stands in its prologue or epilogue, has an odd EBP frame or none at all. Where the
   code leaves no doubt, it needs no CALL's evidence; but of words that no CALL left only 0 will do, for a thread. */
bool locate_by_code(const struct walk *walk, struct function *function, struct record *record, enum evidence *evidence,
                    enum trust *trust);

/* The frame of a function that has one, found by what its code takes from the stack, where EBP is no frame: counted exactly,
   or confirmed by a direct CALL. */
bool locate_by_esp(const struct walk *walk, const struct function *function, struct record *record,
                   enum evidence *evidence);

/* A call through a null pointer, or into data: nothing ran there, so the return address is still on top. */
bool locate_wild_call(const struct walk *walk, const struct function *function, struct record *record,
                      enum evidence *evidence);

/* Below where the function's return address has to lie: one that leaves EBP alone has it below its caller's record. */
uint32_t locate_end(const struct walk *walk, const struct function *function);

/* The first return address above ESP that a direct CALL of the function left. What was looked at in vain is not looked
   at again: recursion asks the same from each level. */
bool locate_direct_call(struct walk *walk, const struct function *function, uint32_t *return_address);

/* A guess: the first word above ESP and below end whose CALL is of this function, or else might be. */
bool locate_by_scan(const struct walk *walk, const struct function *function, uint32_t end, enum evidence least,
                    struct record *record, enum evidence *evidence);

#endif
