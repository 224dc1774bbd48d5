/* Is what a TSS holds a task that a task switch has saved? */
#ifndef I386_SAVED_TASK_H
#define I386_SAVED_TASK_H

#include "descriptor.h"

/* How much it looks like one: by EFLAGS and CS; and by segments, too, that CS and SS can have held. */
enum likeness { NO_TASK, LIKE_A_TASK, TASK };

enum likeness saved_task_likeness(const struct table_register *gdt, const struct tss *tss);

#endif
