/* Where the report goes, and what else struct machine offers. */
#ifndef I386_CONSOLE_H
#define I386_CONSOLE_H

#include "cpu.h"

/* Before a report. */
void console_begin(struct cpu *cpu);

/* Fills in cpu->machine and opens what the report is written to; at every stage anew. */
void console_open(struct cpu *cpu);

/* Waits until all is out, and leaves the UART as it was. */
void console_close(struct cpu *cpu);

/* One line about cpu->fault, without the report's help. */
void console_last_line(struct cpu *cpu);

#endif
