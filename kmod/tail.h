/* Tail calls: a function that was called, and left by a jump to the one that runs. */
#ifndef KMOD_TAIL_H
#define KMOD_TAIL_H

#include "record.h"

/*
 * Can the function at start, which was called, have left by a jump to the one at to? By itself or through others that it
 * jumps to: EVIDENCE_INDIRECT. EVIDENCE_AGAINST: none of its jumps leads there; EVIDENCE_UNKNOWN: its code cannot be read.
 */
enum evidence tail_evidence(const struct view *view, uint32_t start, uint32_t to);

#endif
