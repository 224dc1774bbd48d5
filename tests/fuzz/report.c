/*
 * Target: whole reports, of any registers on any stacks, with parts that fault and with a second double fault. Of each
 * has to hold: it ends, with 512 lines at most; its lines have 80 columns of printable ASCII, no blank at their end, and
 * CR LF; ksg check finds it whole; what its rows have adds up to what it says they do; and a second report of the same
 * crash is the same.
 */
#include <setjmp.h>

#include "../../kmod/host/verify.h"
#include "report.h"
#include "world.h"

const char program_name[] = "report";

#define LINES_MOST PRINT_SUMS
#define TEXT_ROOM (LINES_MOST * (PRINT_COLUMNS + 2))
#define ROWS_BEGIN "  Memory ChildEBP RetAddr"
#define ROWS_END "  walk ended"

static struct machine machine;
static struct crash crash;
static struct ksg_config config;
static char text[TEXT_ROOM + 1], first_text[TEXT_ROOM + 1];
static size_t length;

/* The read of memory that faults, counted from the report's begin; 0: none does. */
static uint32_t fault_at, reads;
static bool double_fault; /* and it is a second double fault */
static bool guarded;
static jmp_buf in_guard, in_report;

static void write_line(struct machine *unused, const char *line, uint32_t count)
{
    (void)unused;
    hold(count >= 2 && line[count - 2] == '\r' && line[count - 1] == '\n', "a line ends in CR LF");
    hold(count <= PRINT_COLUMNS + 2, "a line has 80 columns at most");
    for (uint32_t i = 0; i < count - 2; i++)
        hold(line[i] >= ' ' && line[i] <= '~', "a line is printable");
    hold(count == 2 || line[count - 3] != ' ', "a line does not end in a blank");
    hold(length + count <= TEXT_ROOM, "a report is no longer than that");
    memcpy(text + length, line, count);
    length += count;
}

static bool find(struct memory *memory, uint32_t address, struct window *window)
{
    if (guarded && ++reads == fault_at)
        longjmp(double_fault ? in_report : in_guard, 1);
    return pieces_find(memory, address, window);
}

static bool guard(struct machine *unused, void (*part)(void *), void *argument, struct fault *fault)
{
    bool done = false;

    (void)unused;
    if (setjmp(in_guard) == 0) {
        guarded = true;
        part(argument);
        done = true;
    } else {
        *fault = (struct fault){VECTOR_PF, 0xc0100123, 0xdead0000};
    }
    guarded = false;
    return done;
}

static uint32_t stack_used(struct machine *unused, uint32_t *size)
{
    (void)unused;
    *size = 0x1000;
    return 0x123;
}

/* The host's hook knows the second stack, or says something else. */
static int KSG_CALL find_stack(void *context, ksg_address esp, struct ksg_stack *found)
{
    (void)context;
    *found = world.stacks[1];
    if (esp & 4)
        found->base = esp;
    return esp & 8 ? 1 : 0;
}

/* --- one report --- */

static void write_report(void)
{
    static const struct fault second = {VECTOR_DF, 0xc0100456, 0};

    length = 0;
    reads = 0;
    guarded = false;
    machine.memory.data = machine.memory.code = (struct window){0, 0, 0};
    if (setjmp(in_report) == 0) {
        report_crash(&machine, &crash);
    } else {
        guarded = false;
        machine.memory.data = machine.memory.code = (struct window){0, 0, 0};
        report_resume(&machine, &crash, &second);
    }
    text[length] = 0;
}

static void check_whole(void)
{
    struct report_check check;
    struct log log;

    log_read(&log, text, length);
    hold(verify_next(&log, 0, &check), "a report is one");
    hold(check.whole && check.first == 0 && check.last + 1 == log.count, "it is whole, and nothing else is");
    hold(check.count <= LINES_MOST, "it has so many lines at most");
    verify_free(&check);
    log_free(&log);
}

/* What a line of the rows has: a row's bytes, or those of rows that are not shown. */
static uint32_t bytes_of_line(const char *line, const char *end)
{
    const char *in_all = strstr(line, " in all, to ");
    char number[9] = {0};

    if (end - line >= 8)
        memcpy(number, line, 8);
    if (number[7] != ' ' && strspn(number, " 0123456789abcdef") == 8)
        return (uint32_t)strtoul(number, 0, 16);
    if (!in_all || in_all > end)
        return 0;
    while (in_all > line && in_all[-1] != ' ')
        in_all--;
    return (uint32_t)strtoul(in_all, 0, 16);
}

static void check_rows(void)
{
    const char *line = strstr(text, ROWS_BEGIN);
    const char *said;
    uint32_t sum = 0;

    if (!line)
        return;
    for (line = strchr(line, '\n') + 1; strncmp(line, ROWS_END, strlen(ROWS_END)) != 0; line = strchr(line, '\n') + 1)
        sum += bytes_of_line(line, strchr(line, '\r'));
    said = strstr(line, "; ");
    hold(said && strtoul(said + 2, 0, 16) == sum, "the rows add up to what is said of them");
}

/* --- a crash --- */

static void take_crash(struct input *input)
{
    uint32_t flags = take_byte(input);
    uint32_t kind = take_byte(input);
    uint32_t cr2 = take_byte(input);
    uint32_t gates = take_byte(input);
    uint32_t bad_gate = take_byte(input);

    memset(&crash, 0, sizeof crash);
    fault_at = take_half(input);
    double_fault = fault_at & 0x8000;
    fault_at &= 0x7fff;
    crash.kind = kind % 8 > CRASH_TRAMPLED ? CRASH_DOUBLE_FAULT : (enum crash_kind)(kind % 8);
    crash.registers_known = !(flags & 1) || (kind & 0x80);
    crash.ss0_bad = flags & 2;
    crash.victim_cr3_known = flags & 4;
    crash.victim_cr3 = 0x1000;
    crash.space = (enum space)(kind / 16 % 8 > SPACE_WITHOUT_STACK ? SPACE_UNKNOWN : kind / 16 % 8);
    crash.cs = flags & 8 ? USER_CS : KERNEL_CS;
    crash.cr0 = flags & 16 ? 0x80000011 : 0x11;
    machine.config = flags & 32 ? &config : 0;
    machine.config_damaged = flags & 64;
    if (gates & 1)
        crash.gates[gates / 2 % VECTOR_COUNT] = (enum gate_fault)(bad_gate % (GATE_BAD_HANDLER + 1));
    if (bad_gate & 0x80)
        crash.gates[VECTOR_PF] = GATE_NOT_PRESENT;
    world_make(input);
    crash.esp = world.start.esp;
    crash.ebp = world.start.ebp;
    crash.eip = world.start.eip;
    crash.eip_unknown = !world.start.eip_known;
    crash.cr2 = cr2 < 128 ? crash.esp - 4 * (cr2 % 16) : cr2 < 192 ? any_word() : 0;
    crash.esp0 = flags & 128 ? world.stacks[0].base : stack_address();
    crash.eax = any_word();
    crash.ebx = any_word();
    crash.ecx = any_word();
    crash.edx = any_word();
    if (crash.kind == CRASH_TRAMPLED)
        crash.trampled = &world.stacks[one_in(2)];
    if (crash.kind == CRASH_ON_DEMAND && one_in(2))
        memcpy(crash.reason, "assertion failed: \x01 < 2", 24);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};

    take_crash(&input);
    config.find_stack = find_stack;
    machine.memory.find = find;
    machine.memory.context = &world.pieces;
    machine.write = write_line;
    machine.guard = guard;
    machine.stack_used = stack_used;
    write_report();
    check_whole();
    if (!strstr(text, "**** lost"))
        check_rows();
    if (fault_at == 0) { /* else another read is the one that faults: the names of the first report are still known */
        memcpy(first_text, text, length + 1);
        write_report();
        hold(strcmp(first_text, text) == 0, "a second report of the same crash is the same");
    }
    world_end();
    return 0;
}
