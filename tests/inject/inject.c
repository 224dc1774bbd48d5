/* Injection: damages a kernel that crashes, at random, again and again, and judges its reports. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../kmod/host/allocate.h"
#include "../../kmod/host/fail.h"
#include "falsify.h"
#include "judge.h"

static const char usage[] =
    "usage: inject KERNEL TESTS SEED COUNT        so many trials\n"
    "       inject KERNEL TESTS SEED trial N      only that one, with all that it printed\n"
    "       inject KERNEL TESTS SEED judge        reports that are not true, to see whether that is noticed\n"
    "TESTS is the folder of arithmetic.awk. What a failing trial printed goes to KERNEL.SEED.N.log\n";

const char program_name[] = "inject";

#define WORKERS 2

struct laboratory {
    struct machine_vm vm;
    struct site site;
    struct course courses[CRASHES];
    uint32_t seed;
    const char *arithmetic; /* folder */
    uint8_t *ready; /* memory, before any crash */
    char log[MACHINE_LOG + 1];
};

/* What one trial came to, as a worker tells it. */
struct result {
    uint32_t number;
    enum target target;
    enum outcome outcome;
    char reason[200];
};

static bool is_ready(const uint8_t *memory, const void *context)
{
    const struct site *site = context;

    return memory_word32(memory, site->plan + offsetof(struct plan, waiting)) != 0;
}

struct change {
    const struct site *site;
    const struct plan *plan;
};

static void put_plan(uint8_t *memory, void *context)
{
    const struct change *change = context;
    struct plan *plan = site_plan(change->site, memory);

    *plan = *change->plan;
    plan->ready = 1;
}

/* The log without CRs, ended by a 0. */
static enum machine_end run(struct laboratory *laboratory, struct plan *plan)
{
    struct change change = {&laboratory->site, plan};
    enum machine_end end;
    size_t size = 0;

    plan->not_counted[0] = laboratory->site.waits.start;
    plan->not_counted[1] = laboratory->site.waits.end - laboratory->site.waits.start;
    end = machine_run(&laboratory->vm, put_plan, &change);
    for (size_t i = 0; i < laboratory->vm.log_size; i++)
        if (laboratory->vm.log[i] != '\r' && laboratory->vm.log[i] != 0)
            laboratory->log[size++] = laboratory->vm.log[i];
    laboratory->log[size] = 0;
    return end;
}

/* Where the report's frames are. */
static void find_records(struct course *course)
{
    const char *line = strstr(course->log, "  Memory ChildEBP");

    course->record_count = 0;
    while (line && strncmp(line, "  walk ended", 12) != 0) {
        uint32_t memory, child;

        line = strchr(line, '\n') + 1;
        if (line[9] != ' ' && sscanf(line, " %" SCNx32 " %8" SCNx32, &memory, &child) == 2 &&
            course->record_count < sizeof course->records / sizeof course->records[0])
            course->records[course->record_count++] = child;
    }
}

static uint32_t number_behind(const char *text, const char *word)
{
    const char *at = strstr(text, word);

    return at ? (uint32_t)strtoul(at + strlen(word), 0, 16) : 0;
}

/* The crash without damage, once as it is and once to count its instructions. */
static void take_course(struct laboratory *laboratory, enum crash_by crash)
{
    struct course *course = &laboratory->courses[crash];
    struct plan plan = {.crash = crash, .moment = MOMENT_BEFORE};
    uint32_t stack;

    if (run(laboratory, &plan) != MACHINE_HALTED || !strstr(laboratory->log, "======== end of report"))
        fail(EXIT_REFUSED, "without damage there is no report:\n%s", laboratory->log);
    course->memory = allocate(0, MEMORY_JUDGED, 1);
    memcpy(course->memory, laboratory->vm.memory, MEMORY_JUDGED);
    course->log = allocate(0, strlen(laboratory->log) + 1, 1);
    strcpy(course->log, laboratory->log);
    course->esp = number_behind(course->log, " esp ");
    course->cr2 = number_behind(course->log, ", cr2 ");
    stack = site_plan(&laboratory->site, course->memory)->stack;
    course->limit = memory_word32(course->memory, stack + 4);
    course->base = memory_word32(course->memory, stack + 8);
    find_records(course);
    plan.moment = MOMENT_WITHIN;
    plan.instructions = UINT32_MAX;
    run(laboratory, &plan);
    course->instructions = site_plan(&laboratory->site, laboratory->vm.memory)->stepped;
}

static void start_machine(struct laboratory *laboratory, const char *kernel)
{
    const char *qemu = getenv("QEMU");

    machine_start(&laboratory->vm, qemu && *qemu ? qemu : "qemu-system-i386", kernel, is_ready, &laboratory->site);
}

static void open_laboratory(struct laboratory *laboratory, char **arguments)
{
    laboratory->arithmetic = arguments[2];
    laboratory->seed = (uint32_t)strtoul(arguments[3], 0, 10);
    site_read(&laboratory->site, arguments[1]);
    start_machine(laboratory, arguments[1]);
    site_find(&laboratory->site, &laboratory->vm);
    laboratory->ready = allocate(0, MEMORY_JUDGED, 1);
    memcpy(laboratory->ready, laboratory->vm.memory, MEMORY_JUDGED);
    for (unsigned crash = 0; crash < CRASHES; crash++)
        take_course(laboratory, (enum crash_by)crash);
}

/* Damage before the crash can lead the kernel astray: then there may be no double fault, or nothing left to handle it. */
static void reconsider(const struct laboratory *laboratory, enum machine_end end, struct result *result)
{
    const struct site *site = &laboratory->site;
    const uint8_t *memory = laboratory->vm.memory;

    if (end == MACHINE_RESET && site_is_lost(site, memory, laboratory->ready))
        result->target = TARGET_LOST;
    if (result->outcome == OUTCOME_NOTHING && !site_has_begun(site, memory, laboratory->ready))
        result->outcome = OUTCOME_NO_CRASH; /* its last words are lost in a UART that was damaged */
}

static void try(struct laboratory *laboratory, uint32_t number, struct trial *trial, struct result *result)
{
    struct evidence evidence;
    enum machine_end end;

    draw(trial, laboratory->seed, number, &laboratory->site, laboratory->courses);
    end = run(laboratory, &trial->plan);
    evidence.site = &laboratory->site;
    evidence.course = &laboratory->courses[trial->plan.crash];
    evidence.memory[0] = trial->plan.moment == MOMENT_WITHIN ? evidence.course->memory : laboratory->vm.memory;
    evidence.memory[1] = laboratory->vm.memory;
    evidence.same_crash = trial->plan.moment != MOMENT_BEFORE;
    result->number = number;
    result->target = trial->target;
    result->outcome = judge(&evidence, end, laboratory->log, laboratory->arithmetic, result->reason);
    if (trial->target < TARGETS_HELD && trial->plan.moment == MOMENT_BEFORE)
        reconsider(laboratory, end, result);
}

/* --- many trials --- */

/* What it printed, for whoever looks for the reason later. */
static void keep_log(const struct laboratory *laboratory, const char *kernel, uint32_t number)
{
    char path[400];
    FILE *file;

    snprintf(path, sizeof path, "%s.%" PRIu32 ".%" PRIu32 ".log", kernel, laboratory->seed, number);
    file = fopen(path, "wb");
    if (!file || fputs(laboratory->log, file) == EOF || fclose(file) != 0)
        fprintf(stderr, "%s cannot be written\n", path);
}

static bool is_failure(const struct result *result)
{
    return result->outcome >= OUTCOMES_GOOD && result->target < TARGETS_HELD;
}

static int work(char **arguments, uint32_t first, uint32_t count, int results)
{
    static struct laboratory laboratory;

    open_laboratory(&laboratory, arguments);
    for (uint32_t number = first; number <= count; number += WORKERS) {
        struct result result = {0};
        struct trial trial;

        try(&laboratory, number, &trial, &result);
        if (is_failure(&result))
            keep_log(&laboratory, arguments[1], number);
        if (result.outcome == OUTCOME_EMULATOR) {
            machine_stop(&laboratory.vm);
            start_machine(&laboratory, arguments[1]);
        }
        if (write(results, &result, sizeof result) != sizeof result)
            return 1;
    }
    machine_stop(&laboratory.vm);
    return 0;
}

static void print_table(uint32_t table[TARGETS][OUTCOMES])
{
    printf("%-26s %7s", "", "trials");
    for (unsigned outcome = 0; outcome < OUTCOMES; outcome++)
        printf(" %8s", outcome_names[outcome]);
    printf("\n");
    for (unsigned target = 0; target < TARGETS; target++) {
        uint32_t all = 0;

        if (target == TARGETS_HELD)
            printf("what it cannot do without:\n");
        for (unsigned outcome = 0; outcome < OUTCOMES; outcome++)
            all += table[target][outcome];
        printf("%-26s %7" PRIu32, target_names[target], all);
        for (unsigned outcome = 0; outcome < OUTCOMES; outcome++)
            printf(table[target][outcome] ? " %8" PRIu32 : " %8.0" PRIu32, table[target][outcome]);
        printf("\n");
    }
}

static int try_many(char **arguments, uint32_t count)
{
    static uint32_t table[TARGETS][OUTCOMES];
    uint32_t done = 0, failures = 0;
    struct result result;
    int results[2];

    if (pipe(results) != 0)
        fail(EXIT_REFUSED, "no pipe can be made");
    fflush(stdout);
    for (uint32_t worker = 0; worker < WORKERS; worker++)
        if (fork() == 0) {
            close(results[0]);
            exit(work(arguments, 1 + worker, count, results[1]));
        }
    close(results[1]);
    while (read(results[0], &result, sizeof result) == sizeof result) {
        table[result.target][result.outcome]++;
        done++;
        if (is_failure(&result)) {
            failures++;
            printf("trial %" PRIu32 ": %s: %s %s\n", result.number, target_names[result.target], outcome_names[result.outcome],
                   result.reason);
        }
        if (done % 1000 == 0)
            printf("%" PRIu32 " trials, %" PRIu32 " failures\n", done, failures);
        fflush(stdout);
    }
    while (wait(0) > 0)
        continue;
    print_table(table);
    printf("%" PRIu32 " trials, seed %s: %" PRIu32 " failures\n", done, arguments[3], failures);
    return failures > 0 || done < count;
}

static int try_one(char **arguments, uint32_t number)
{
    static struct laboratory laboratory;
    struct result result = {0};
    struct trial trial;

    open_laboratory(&laboratory, arguments);
    try(&laboratory, number, &trial, &result);
    draw_print(&trial);
    machine_print_registers(&laboratory.vm);
    printf("%s%s %s\n", laboratory.log, outcome_names[result.outcome], result.reason);
    return is_failure(&result);
}

static int try_judge(char **arguments)
{
    static struct laboratory laboratory;

    open_laboratory(&laboratory, arguments);
    return falsify_all(&laboratory.site, &laboratory.courses[CRASH_OVERFLOW], laboratory.ready) != 0;
}

int main(int count, char **arguments)
{
    bool one = count == 6 && strcmp(arguments[4], "trial") == 0;

    if (count != 5 && !one) {
        fputs(usage, stderr);
        return EXIT_WRONG_COMMAND;
    }
    if (strcmp(arguments[4], "judge") == 0)
        return try_judge(arguments);
    if (one)
        return try_one(arguments, (uint32_t)strtoul(arguments[5], 0, 10));
    return try_many(arguments, (uint32_t)strtoul(arguments[4], 0, 10));
}
