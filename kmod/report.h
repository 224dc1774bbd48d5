/* The report: what goes to the serial line, part by part. */
#ifndef KMOD_REPORT_H
#define KMOD_REPORT_H

#include "crash.h"
#include "machine.h"

/* Writes the whole report of a crash. Each part runs under machine->guard: one that faults is named and left. */
void report_crash(struct machine *machine, const struct crash *crash);

/* After a second double fault has ended report_crash in the middle: says so, and writes the parts that are left, on a
   stack of their own. */
void report_resume(struct machine *machine, const struct fault *fault);

#endif
