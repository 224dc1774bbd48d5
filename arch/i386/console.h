/* Where the report goes, and what else struct machine offers. */
#ifndef I386_CONSOLE_H
#define I386_CONSOLE_H

#include "cpu.h"

/* Another number with each line, and with each character of a line that takes long: the report goes on. */
extern volatile uint32_t console_progress;

/* Before a report. */
void console_begin(void);

/* Fills in the CPU's machine and opens what the report is written to; at every stage anew. */
void console_open(void);

/* Waits until all is out, and leaves the UART as it was. */
void console_close(void);

/* One line about the CPU's fault, without the report's help. */
void console_last_line(void);

#endif
