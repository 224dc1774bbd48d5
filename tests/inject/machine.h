/* A virtual machine with a kernel that waits: it is brought back to that moment for every trial, which takes some
   milliseconds. QEMU, its memory shared, under control by QMP. */
#ifndef TESTS_INJECT_MACHINE_H
#define TESTS_INJECT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MACHINE_MEMORY 0x2800000u /* bytes */
#define MACHINE_LOG 65536u

enum machine_end {
    MACHINE_HALTED,  /* for ever */
    MACHINE_RESET,   /* a triple fault; its memory is as it was then */
    MACHINE_RUNNING, /* it had run for so long that it hangs */
    MACHINE_ENDED    /* QEMU itself: it has to be started anew */
};

struct machine_vm {
    uint8_t *memory;         /* the guest's, physical */
    char log[MACHINE_LOG];   /* of COM1, since the last machine_run */
    size_t log_size;
    uint32_t gdt, gdt_limit; /* the GDTR of the moment it is brought back to */

    pid_t process;
    int control;             /* a socket */
    int serial;              /* a file */
    char *answers;           /* from control, not yet read */
    size_t answers_size;
    bool was_reset, has_ended;
    char folder[64];
};

/* Starts QEMU on a kernel, and keeps the moment at which ready(memory, context) first holds. Ends the program when that
   does not work. */
void machine_start(struct machine_vm *vm, const char *qemu, const char *kernel,
                   bool (*ready)(const uint8_t *memory, const void *context), const void *context);

/* Brings it back; change(memory, context) may then change its memory; runs it to its end. */
enum machine_end machine_run(struct machine_vm *vm, void (*change)(uint8_t *memory, void *context), void *context);

/* Where it stands. */
void machine_print_registers(struct machine_vm *vm);

void machine_stop(struct machine_vm *vm);

#endif
