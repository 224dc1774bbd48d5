/* Whole reports on the host: the victim (victim.h) crashes, and what the report says of it is looked at. */
#ifndef TESTS_UNIT_CRASHED_H
#define TESTS_UNIT_CRASHED_H

#include <setjmp.h>
#include <stddef.h>

#include "../../kmod/host/verify.h"
#include "parts.h"
#include "registry.h"
#include "report.h"
#include "victim.h"

#define STACK_LIMIT (STACK_BASE - STACK_SIZE)
#define FAULT_EIP 0xc0abcdefu
#define FAULT_ADDRESS 0xdead0000u

static struct {
    struct machine machine;
    struct crash crash;
    struct ksg_stack worker;
    struct ksg_range range;
    struct ksg_module kernel;
    char text[PRINT_SUMS * (PRINT_COLUMNS + 2) + 1];
    size_t length;
    bool explained; /* it was shown already, for a test that failed */

    /* Behind the line that begins so the part faults, or there is a second double fault; or this is called. */
    const char *fault_behind, *double_fault_behind, *call_behind;
    void (*call)(struct scene *scene);
    uint32_t stack_used;   /* 0: as much as usual */
    unsigned fault_nested; /* which of the guards within guards faults, from 1; 0: none */
    unsigned depth;
    uint32_t fault_vector; /* 0: the page fault */
    jmp_buf guard, whole;
} crashed;

static inline bool starts_with(const char *text, const char *start)
{
    return start && strncmp(text, start, strlen(start)) == 0;
}

static inline void write_crashed(struct machine *machine, const char *text, uint32_t count)
{
    const char *line = crashed.text + crashed.length;
    size_t line_column = offsetof(struct scene, print) + offsetof(struct print, line);

    (void)machine;
    if (crashed.length + count >= sizeof crashed.text) {
        printf("Bail out! the report does not end\n");
        exit(2);
    }
    memcpy(crashed.text + crashed.length, text, count);
    crashed.length += count;
    crashed.text[crashed.length] = 0;
    if (starts_with(line, crashed.call_behind))
        crashed.call((struct scene *)(void *)((uintptr_t)text - line_column));
    if (starts_with(line, crashed.fault_behind)) {
        crashed.fault_behind = 0;
        longjmp(crashed.guard, 1);
    }
    if (starts_with(line, crashed.double_fault_behind)) {
        crashed.double_fault_behind = 0;
        longjmp(crashed.whole, 1);
    }
}

/* Guards can be nested: registry.c has some of its own. */
static inline bool guard_crashed(struct machine *machine, void (*part)(void *), void *argument, struct fault *fault)
{
    unsigned depth = crashed.depth;
    jmp_buf outer;
    bool done;

    (void)machine;
    memcpy(outer, crashed.guard, sizeof outer);
    done = setjmp(crashed.guard) == 0;
    if (done && crashed.depth > 0 && crashed.fault_nested > 0 && --crashed.fault_nested == 0)
        done = false;
    if (done) {
        crashed.depth = depth + 1;
        part(argument);
    }
    if (!done)
        *fault = (struct fault){crashed.fault_vector ? crashed.fault_vector : VECTOR_PF, FAULT_EIP, FAULT_ADDRESS};
    crashed.depth = depth;
    memcpy(crashed.guard, outer, sizeof outer);
    return done;
}

#define HANDLER_STACK 0x1000u

static inline uint32_t stack_used_crashed(struct machine *machine, uint32_t *size)
{
    (void)machine;
    *size = HANDLER_STACK;
    return crashed.stack_used ? crashed.stack_used : 0x345;
}

/* An empty stack, registered as "worker"; the code, registered as the module "kernel". */
static inline void begin_crash(void)
{
    while (registry_stacks())
        ksg_remove_stack((struct ksg_stack *)(uintptr_t)registry_stacks());
    while (registry_modules())
        ksg_remove_module((struct ksg_module *)(uintptr_t)registry_modules());
    begin();
    memset(&crashed, 0, sizeof crashed);
    crashed.worker = (struct ksg_stack){.name = "worker", .limit = STACK_LIMIT, .base = STACK_BASE};
    crashed.range = (struct ksg_range){CODE, CODE + code_size()};
    crashed.kernel =
        (struct ksg_module){.name = "kernel", .ranges = &crashed.range, .range_count = 1, .symbols = symbol_table()};
    if (ksg_add_stack(&crashed.worker) != KSG_OK || ksg_add_module(&crashed.kernel) != KSG_OK) {
        printf("Bail out! the stack or the module is refused\n");
        exit(2);
    }
    crashed.machine.memory.find = pieces_find;
    crashed.machine.memory.context = &victim.pieces;
    crashed.machine.write = write_crashed;
    crashed.machine.guard = guard_crashed;
    crashed.machine.stack_used = stack_used_crashed;
    crashed.crash.kind = CRASH_DOUBLE_FAULT;
    crashed.crash.registers_known = true;
    crashed.crash.cs = KERNEL_CS;
    crashed.crash.cr0 = 0x80000011;
}

/* The victim as it is now, about to execute the instruction there; a push has failed. */
static inline void crash_at_address(uint32_t eip)
{
    crashed.crash.esp = victim.esp;
    crashed.crash.ebp = victim.ebp;
    crashed.crash.eip = eip;
    crashed.crash.cr2 = victim.esp - 4;
}

static inline void crash_at(const char *eip)
{
    crash_at_address(at(eip));
}

/* thread called outer, outer middle, which stands in its body: in the middle of the stack, and no push failed. */
static inline void begin_inside(void)
{
    begin_crash();
    enter_outer();
    call("outer_middle");
    enter();
    locals(8);
    crash_at("middle_body");
    crashed.crash.cr2 = 0;
}

/* Writes the report. Is it whole, as ksg check sees it? */
static inline bool report_whole(void)
{
    static const struct fault second = {VECTOR_DF, FAULT_EIP, 0};
    struct report_check check;
    struct log log;
    bool found, whole;

    crashed.length = 0;
    crashed.explained = false;
    crashed.machine.memory.data = crashed.machine.memory.code = (struct window){0, 0, 0};
    if (setjmp(crashed.whole) == 0)
        report_crash(&crashed.machine, &crashed.crash);
    else
        report_resume(&crashed.machine, &crashed.crash, &second);
    log_read(&log, crashed.text, crashed.length);
    found = verify_next(&log, 0, &check);
    whole = found && check.whole && check.last + 1 == log.count;
    if (found)
        verify_free(&check);
    log_free(&log);
    return whole;
}

static inline void report(const char *name)
{
    ok(report_whole(), "%s: a whole report", name);
}

static inline void explain(const char *expected)
{
    printf("# not there: %s\n", expected);
    if (crashed.explained)
        return;
    crashed.explained = true;
    for (const char *line = crashed.text; *line; line = strchr(line, '\n') + 1)
        printf("# %.*s\n", (int)strcspn(line, "\r"), line);
}

/* Is it a line of the report, the whole of it? */
static inline bool has_line(const char *expected)
{
    size_t length = strlen(expected);

    for (const char *line = crashed.text; *line; line = strchr(line, '\n') + 1)
        if (strncmp(line, expected, length) == 0 && line[length] == '\r')
            return true;
    return false;
}

/* The report has this line, given as to printf. */
__attribute__((format(printf, 1, 2))) static inline void says(const char *format, ...)
{
    char expected[PRINT_ROOM];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(expected, sizeof expected, format, arguments);
    va_end(arguments);
    if (!ok(has_line(expected), "\"%s\"", expected))
        explain(expected);
}

/* No line of the report has this text. */
static inline void says_not(const char *text)
{
    ok(!strstr(crashed.text, text), "nothing of \"%s\"", text);
}

/* Where in its function the place is. */
static inline uint32_t offset_in(const char *function, const char *place)
{
    return at(place) - at(function);
}

/* A row of a frame, with a remark or 0. */
static inline void says_row(uint32_t bytes, uint32_t ebp, const char *return_address, const char *function,
                            const char *place, const char *remark)
{
    char row[PRINT_ROOM];

    snprintf(row, sizeof row, "%8" PRIx32 " %08" PRIx32 " %08" PRIx32 " kernel!%s+0x%" PRIx32, bytes, ebp,
             return_address ? at(return_address) : 0, function, offset_in(function, place));
    if (remark)
        says("%-64s%s", row, remark);
    else
        says("%s", row);
}

#endif
