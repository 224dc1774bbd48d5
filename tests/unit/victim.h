/* The victim of a walk: a stack written push by push, as a CPU would, and code that was assembled for it. */
#ifndef TESTS_UNIT_VICTIM_H
#define TESTS_UNIT_VICTIM_H

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/table.h"
#include "../pieces.h"
#include "tap.h"
#include "walk.h"

#define CODE 0xc0100000u
#define STACK_BASE 0xc0204000u
#define STACK_SIZE 0x4000u
#define KERNEL_CS 8
#define USER_CS 0x1b
#define USER_SS 0x23
#define EFLAGS 0x246
#define EFLAGS_V86 0x20246

/* victim.S: the code, and the names in it. */
struct mark {
    char name[32];
    uint32_t offset;
    uint32_t is_function;
    uint32_t unused[6];
};

extern const uint8_t victim_start[], victim_end[];
extern const struct mark __start_victim_marks[], __stop_victim_marks[];

/* The machine, and the CPU's registers as the stack is written. */
static struct {
    struct pieces pieces;
    struct memory memory;
    struct code code;
    struct walk_start start;
    uint32_t limit, base;
    uint32_t esp, ebp;
} victim;

static inline uint32_t at(const char *name)
{
    for (const struct mark *mark = __start_victim_marks; mark < __stop_victim_marks; mark++)
        if (strcmp(mark->name, name) == 0)
            return CODE + mark->offset;
    printf("Bail out! nothing is called %s\n", name);
    exit(2);
}

static inline const char *name_of(uint32_t address)
{
    static char digits[12];

    for (const struct mark *mark = __start_victim_marks; mark < __stop_victim_marks; mark++)
        if (CODE + mark->offset == address)
            return mark->name;
    snprintf(digits, sizeof digits, "%" PRIx32, address);
    return digits;
}

static inline uint32_t code_size(void)
{
    return (uint32_t)(victim_end - victim_start);
}

static inline const struct symbols_header *symbol_table(void)
{
    static void *built;
    struct table *table;
    unsigned module;
    uint32_t size;

    if (built)
        return built;
    table = table_new();
    module = table_module(table, "kernel");
    table_range(table, CODE, CODE + code_size(), module);
    for (const struct mark *mark = __start_victim_marks; mark < __stop_victim_marks; mark++)
        if (mark->is_function)
            table_symbol(table, CODE + mark->offset, mark->name);
    built = table_build(table, &size);
    if (!built) {
        printf("Bail out! the symbol table: %s\n", table_error(table));
        exit(2);
    }
    table_free(table);
    return built;
}

/* An empty stack, and the code with its symbols. */
static inline void begin(void)
{
    pieces_free(&victim.pieces);
    memset(&victim, 0, sizeof victim);
    victim.memory.find = pieces_find;
    victim.memory.context = &victim.pieces;
    victim.base = STACK_BASE;
    victim.limit = STACK_BASE - STACK_SIZE;
    pieces_add(&victim.pieces, victim.limit, STACK_SIZE);
    memcpy(pieces_add(&victim.pieces, CODE, code_size()), victim_start, code_size());
    victim.esp = victim.base;
    code_open(&victim.code, symbol_table(), 0);
}

/* The same, but nothing is known of the code: no table, no module. */
static inline void forget_symbols(void)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};

    code_open(&victim.code, &empty, 0);
}

/* Only the stack can be read. */
static inline void forget_code(void)
{
    free((void *)(uintptr_t)victim.pieces.list[1].bytes);
    victim.pieces.count = 1;
}

/* Memory that can be read, but is no code: what stands there before its end would be call eax. Returns its end. */
static inline uint32_t data_with_call(void)
{
    static const uint8_t bytes[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xd0};

    memcpy(pieces_add(&victim.pieces, 0xd0000000, sizeof bytes), bytes, sizeof bytes);
    return 0xd0000000 + sizeof bytes;
}

static inline void store(uint32_t address, uint32_t word)
{
    struct window window;

    if (pieces_find(&victim.memory, address, &window))
        memcpy((uint8_t *)(uintptr_t)window.bytes + (address - window.start), &word, 4);
}

static inline uint32_t load(uint32_t address)
{
    uint32_t word = 0;

    memory_word(&victim.memory, address, &word);
    return word;
}

static inline uint32_t push(uint32_t word)
{
    victim.esp -= 4;
    store(victim.esp, word);
    return victim.esp;
}

/* call: what it pushes. */
static inline uint32_t call(const char *return_address)
{
    return push(at(return_address));
}

/* push ebp; mov ebp, esp */
static inline uint32_t enter(void)
{
    push(victim.ebp);
    return victim.ebp = victim.esp;
}

static inline void locals(uint32_t bytes)
{
    victim.esp -= bytes;
}

static inline void pushad(void)
{
    uint32_t esp = victim.esp;

    push(0x11111111);
    push(0x22222222);
    push(0x33333333);
    push(0x44444444);
    push(esp);
    push(victim.ebp);
    push(0x55555555);
    push(0x66666666);
}

/* What the CPU pushes, SDM vol. 3, 6.12.1. */
static inline void interrupt(uint32_t eip)
{
    push(EFLAGS);
    push(KERNEL_CS);
    push(eip);
}

static inline void interrupt_from_user(uint32_t eip)
{
    push(USER_SS);
    push(0xbffff000);
    push(EFLAGS);
    push(USER_CS);
    push(eip);
}

/* The stub's own pushes in the manner of most kernels: error code, vector, all registers. */
static inline void push_registers(uint32_t vector)
{
    push(0);
    push(vector);
    pushad();
}

/* --- the walk, as text --- */

static inline void run_at(uint32_t eip)
{
    victim.start.view.memory = &victim.memory;
    victim.start.view.code = &victim.code;
    victim.start.view.limit = victim.esp < victim.limit ? victim.esp : victim.limit;
    victim.start.view.base = victim.base;
    victim.start.view.kernel_cs = KERNEL_CS;
    victim.start.esp = victim.esp;
    victim.start.ebp = victim.ebp;
    victim.start.eip = eip;
    victim.start.eip_known = true;
}

static inline const char *end_name(enum walk_end end)
{
    static const char *const names[] = {"?",    "base", "user",       "zero",    "odd",
                                        "down", "off",  "unreadable", "no code", "first", "budget"};

    return names[end];
}

static inline void print_row(char *text, size_t size, const struct row *row)
{
    static const char *const trusts[] = {"", " frameless", " trap", " recovered", " guess"};
    const char *stub = row->stub && row->trust != TRUST_TRAP ? " trap" : "";

    switch (row->kind) {
    case ROW_FRAME:
        snprintf(text, size, "%" PRIx32 " %s%s%s\n", row->bytes, name_of(row->pc), trusts[row->trust], stub);
        break;
    case ROW_LOST:
        snprintf(text, size, "- %s lost\n", name_of(row->pc));
        break;
    case ROW_USER:
        snprintf(text, size, "- %s user\n", name_of(row->pc));
        break;
    case ROW_BEFORE:
        snprintf(text, size, "%" PRIx32 " (before)\n", row->bytes);
        break;
    case ROW_GAP:
        snprintf(text, size, "%" PRIx32 " (gap)\n", row->bytes);
        break;
    case ROW_REST:
        snprintf(text, size, "%" PRIx32 " (rest)\n", row->bytes);
        break;
    case ROW_ENTRY:
        snprintf(text, size, "%" PRIx32 " (entry)\n", row->bytes);
        break;
    case ROW_SWITCH:
        snprintf(text, size, "on %s\n", row->stack->name);
        break;
    }
}

/* What holds of every row, last being the one before it or no frame. 0: all does. */
static inline const char *broken_law(const struct row *row, const struct row *last, uint32_t *reached, uint32_t base)
{
    bool exact; /* its pc was about to execute; else the call before pc */

    *reached += row->bytes;
    if (*reached > base)
        return "a row reaches beyond the base";
    exact = last->stub || last->kind == ROW_REST;
    if (row->kind == ROW_FRAME && row->function &&
        row->pc - !exact - row->function->start >= row->function->end - row->function->start)
        return "a row's function is not the one that it is named after";
    if (row->kind == ROW_LOST && !row->function)
        return "it is not told which function was lost";
    if (row->kind != ROW_FRAME)
        return (row->kind == ROW_REST || row->kind == ROW_ENTRY) && *reached != base ? "the bytes do not add up" : 0;
    if (last->stub && last->kind == ROW_FRAME && row->pc != last->return_address)
        return "a stub's RetAddr is not where the interrupted function goes on";
    if (row->stub)
        return last->kind == ROW_FRAME && row->child_ebp != last->child_ebp ? "a stub has a ChildEBP of its own" : 0;
    if (row->bytes && row->child_ebp != *reached)
        return "ChildEBP is not where the row's bytes end";
    return load(row->child_ebp + 4) != row->return_address ? "RetAddr is not above ChildEBP" : 0;
}

/* The walk from where the registers are and eip; what it gives, row for row, and why it ends. */
static inline void expect_rows(const char *name, const char *expected)
{
    static char given[65536];
    struct walk walk;
    struct row row;
    struct row last = {.kind = ROW_REST};
    uint32_t reached = victim.start.esp;
    uint32_t base = victim.base;
    const char *broken = 0;
    bool other_stack = false;
    size_t length = 0;

    given[0] = 0;
    walk_begin(&walk, &victim.start);
    while (walk_next(&walk, &row) && length < sizeof given - 200) {
        print_row(given + length, sizeof given - length, &row);
        length += strlen(given + length);
        other_stack = other_stack || row.kind == ROW_SWITCH;
        if (!broken && !other_stack)
            broken = broken_law(&row, &last, &reached, base);
        last = row;
    }
    snprintf(given + length, sizeof given - length, "end: %s\n", end_name(walk.end));
    if (ok(!broken && strcmp(given, expected) == 0, "%s", name))
        return;
    printf("# %s. given:\n", broken ? broken : "not as expected");
    for (const char *line = strtok(given, "\n"); line; line = strtok(0, "\n"))
        printf("#   %s\n", line);
}

static inline void expect(const char *name, const char *eip, const char *expected)
{
    run_at(at(eip));
    expect_rows(name, expected);
}

/* --- the pieces of a story --- */

/* On an empty stack: a thread's first function has called outer, which has its frame. */
static inline void enter_outer(void)
{
    push(0);
    enter();
    locals(8);
    call("thread_outer");
    enter();
    locals(16);
}

/* Calls from a thread's first function inward, up to outer's or middle's frame. */
static inline void to_outer(void)
{
    begin();
    enter_outer();
}

/* outer called something; middle runs. */
static inline void middle_after(const char *site)
{
    to_outer();
    call(site);
    enter();
    locals(8);
}

static inline void to_middle(void)
{
    middle_after("outer_middle");
}

static inline void to_leaf(void)
{
    to_middle();
    call("middle_leaf");
    enter();
    locals(4);
}

/* What follows on outer's row and middle's. */
#define ABOVE_OUTER "10 thread_outer\n8 (rest)\nend: zero\n"
#define ABOVE_MIDDLE "18 outer_middle\n" ABOVE_OUTER

static inline void bare_inside(const char *site)
{
    call(site);
    push(0x33333333);
    locals(12);
}

static inline void handler_inside(const char *site)
{
    call(site);
    enter();
    locals(8);
}

/* middle was interrupted at its body; stub's handler runs. */
static inline void in_stub(void)
{
    push_registers(32);
    push(victim.esp);
    handler_inside("stub_handler");
}

#endif
