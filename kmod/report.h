/* The report: what goes to the serial line, part by part. */
#ifndef KMOD_REPORT_H
#define KMOD_REPORT_H

#include "crash.h"
#include "machine.h"

/*
 * How long a report takes at most, whatever the crash left, is the sum of what its limits allow. In instructions, and
 * without the serial line, which waits as long as uart.c says:
 *
 *     walks       6 for each of the tries of report.c, 1 of overrun.c, 4 for the rows: walk.h has the limits of each
 *     folds       1 for each try, 2 for the rows: fold.c has the work of each
 *     answers     that are kept, costly.h
 *     anatomy     of BIGGEST_COUNT frames, twice: prologue.c and flow.c have the instructions decoded for each
 *     lines       each made twice
 *     a byte of the stack: its CRC; a byte of symbol tables: the same; an entry of a list that the host registered
 *
 * tests/bench/bound.sh adds that up, and holds the worst inputs that are known against it.
 */

/* Writes the whole report of a crash. Each part runs under machine->guard: one that faults is named and left. */
void report_crash(struct machine *machine, const struct crash *crash);

/* After a second double fault has ended report_crash in the middle: says so, and writes the parts that are left, on a
   stack of their own; all, if it had not come to the first. */
void report_resume(struct machine *machine, const struct crash *crash, const struct fault *fault);

/* Has the report come to its last line? */
bool report_is_over(void);

#endif
