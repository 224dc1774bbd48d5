/* Draws trials. */
#include "draw.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE 4096u
#define TSS_EIP 32
#define TSS_ESP 56
#define TSS_EBP 60
#define TSS_SIZE 104
#define ENTRY_FRAME 0xfffff000u
#define COM1 0x3f8u

const char *const target_names[TARGETS] = {
    "dead stack", "saved ebp, return address", "esp, ebp, eip", "other registers", "symbol table", "module's data",
    "registered stacks", "page tables", "uart", "kernel's gdt, idt", "module's data, at work", "handler's stack, at work",
    "the others, at work", "several at once", "gate, its gdt entry, tss", "module's text", "module's page tables",
    "those, by code gone astray",
};

/* How often each is drawn, in all 64. */
static const uint8_t weights[TARGETS] = {5, 6, 5, 2, 3, 6, 3, 6, 2, 4, 5, 5, 3, 4, 2, 2, 1};

struct drawing {
    struct trial *trial;
    const struct site *site;
    const struct course *course;
    uint64_t state;
    uint32_t used; /* of plan.bytes */
};

/* Splitmix64, of which 32 bits are taken. */
static uint32_t random32(struct drawing *drawing)
{
    uint64_t x = drawing->state += 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)(x >> 32);
}

static uint32_t below(struct drawing *drawing, uint32_t limit)
{
    return (uint32_t)((uint64_t)random32(drawing) * limit >> 32);
}

static uint32_t within(struct drawing *drawing, const struct range *range)
{
    return range->start + below(drawing, range->end - range->start);
}

/* --- damage --- */

static bool overlaps(const struct range *range, uint32_t address, uint32_t count)
{
    return address < range->end && address + count > range->start;
}

/* What the module must not lose before it runs. Once it does, only its code. */
static bool spared(const struct drawing *drawing, uint32_t address, uint32_t count)
{
    const struct site *site = drawing->site;
    bool before = drawing->trial->plan.moment == MOMENT_BEFORE;

    return overlaps(&site->text, address, count) ||
           (before && (overlaps(&site->gate, address, count) || overlaps(&site->entry, address, count) ||
                       overlaps(&site->task, address, count) || overlaps(&site->segments, address, count)));
}

/* Room for a damage of so many bytes; 0: there is none, or the place is spared. */
static uint8_t *add(struct drawing *drawing, enum way way, uint32_t address, uint32_t count)
{
    struct plan *plan = &drawing->trial->plan;
    struct damage *damage = &plan->damage[plan->damage_count];

    if (plan->damage_count == PLAN_DAMAGES || PLAN_BYTES - drawing->used < count)
        return 0;
    if (drawing->trial->target < TARGETS_HELD && way != WAY_PORT && spared(drawing, address, count))
        return 0;
    *damage = (struct damage){way, address, count, drawing->used};
    plan->damage_count++;
    drawing->used += count;
    return plan->bytes + damage->first;
}

static void set_word(struct drawing *drawing, uint32_t address, uint32_t value)
{
    uint8_t *bytes = add(drawing, WAY_SET, address, 4);

    if (bytes)
        memcpy(bytes, &value, 4);
}

static void flip_bit(struct drawing *drawing, uint32_t address, uint32_t bit)
{
    uint8_t *byte = add(drawing, WAY_FLIP, address, 1);

    if (byte)
        *byte = (uint8_t)(1 << bit);
}

/* A value that a stray pointer might leave. */
static uint32_t stray(struct drawing *drawing)
{
    const struct course *course = drawing->course;
    struct range stack = {course->limit, course->base};

    switch (below(drawing, 8)) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX;
    case 2:
        return below(drawing, 256);
    case 3:
        return within(drawing, &stack) & ~3u;
    case 4:
        return within(drawing, &drawing->site->text);
    case 5:
        return within(drawing, &drawing->site->data);
    case 6:
        return 0x20202020; /* text */
    default:
        return random32(drawing);
    }
}

static void run_of_bytes(struct drawing *drawing, const struct range *range)
{
    uint32_t address = within(drawing, range);
    uint32_t longest = range->end - address < 128 ? range->end - address : 128;
    uint32_t count = 1 + below(drawing, longest);
    uint32_t kind = below(drawing, 4);
    uint8_t *bytes = add(drawing, WAY_SET, address, count);

    for (uint32_t i = 0; bytes && i < count; i++)
        bytes[i] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? 0xff : kind == 2 ? 'A' : random32(drawing));
}

/* Bits, words or a run of bytes, somewhere in the range. */
static void damage(struct drawing *drawing, const struct range *range)
{
    uint32_t kind = below(drawing, 8);
    uint32_t places = 1 + below(drawing, 3);

    if (kind < 2) {
        run_of_bytes(drawing, range);
        return;
    }
    for (; places > 0; places--) {
        uint32_t address = within(drawing, range);

        if (kind < 5)
            flip_bit(drawing, address, below(drawing, 8));
        else
            set_word(drawing, address & ~3u, stray(drawing));
    }
}

/* --- the targets --- */

static void damage_chain(struct drawing *drawing)
{
    const struct course *course = drawing->course;
    uint32_t at, other, value;

    if (course->record_count == 0)
        return;
    at = course->records[below(drawing, course->record_count)] + 4 * below(drawing, 2);
    other = course->records[below(drawing, course->record_count)];
    value = memory_word32(course->memory, at);
    switch (below(drawing, 6)) {
    case 0:
    case 1:
        flip_bit(drawing, at + below(drawing, 4), below(drawing, 8));
        return;
    case 2:
        set_word(drawing, at, value + 4 * (below(drawing, 17) - 8));
        return;
    case 3:
        set_word(drawing, at, other); /* a saved EBP that leads to another record */
        return;
    case 4:
        set_word(drawing, at, memory_word32(course->memory, other + 4)); /* a return address that stands elsewhere */
        return;
    default:
        set_word(drawing, at, stray(drawing));
        return;
    }
}

static void damage_pointers(struct drawing *drawing)
{
    static const uint32_t fields[] = {TSS_EIP, TSS_ESP, TSS_EBP};
    uint32_t at = drawing->site->host_task + fields[below(drawing, 3)];
    uint32_t value = memory_word32(drawing->course->memory, at);

    if (below(drawing, 2))
        flip_bit(drawing, at + below(drawing, 4), below(drawing, 8));
    else
        set_word(drawing, at, below(drawing, 2) ? stray(drawing) : value + 4 * (below(drawing, 65) - 32));
}

/* The entry that maps a page. */
static void damage_entry(struct drawing *drawing, uint32_t address)
{
    static const uint32_t bits[] = {0, 0, 0, 1, 2, 5, 6, 12, 13, 14, 20, 24, 28};
    uint32_t directory = drawing->site->directory;
    uint32_t table = memory_word32(drawing->course->memory, directory + address / DIRECTORY_SPAN * 4) & ENTRY_FRAME;
    uint32_t at = table + address / PAGE % 1024 * 4;

    if (below(drawing, 8) == 0 && address >= DIRECTORY_SPAN)
        at = directory + address / DIRECTORY_SPAN * 4;
    if (below(drawing, 3)) {
        uint32_t bit = bits[below(drawing, sizeof bits / sizeof bits[0])];

        flip_bit(drawing, at + bit / 8, bit % 8);
    } else {
        set_word(drawing, at, stray(drawing));
    }
}

/* Pages that neither the module nor what does the damage has code or data of its own in. */
static void damage_pages(struct drawing *drawing)
{
    const struct site *site = drawing->site;
    bool crashed = drawing->trial->plan.moment != MOMENT_BEFORE; /* the guard page must be one until then */
    struct range stack = {drawing->course->limit - (crashed ? PAGE : 0), drawing->course->base};
    struct range code = {0x100000, site->injector & ~(PAGE - 1)};
    const struct range *pages[] = {&stack, &stack, &stack, &code, &site->table};

    damage_entry(drawing, within(drawing, pages[below(drawing, 5)]));
}

static void damage_own_pages(struct drawing *drawing)
{
    damage_entry(drawing, within(drawing, below(drawing, 2) ? &drawing->site->text : &drawing->site->data));
}

static void write_port(struct drawing *drawing, uint32_t port, uint32_t value)
{
    uint8_t *byte = add(drawing, WAY_PORT, port, 1);

    if (byte)
        *byte = (uint8_t)value;
}

/* Its registers: the divisor (with DLAB set), interrupts, FIFO, line control, modem control with its loop. */
static void damage_uart(struct drawing *drawing)
{
    if (below(drawing, 4) == 0) {
        write_port(drawing, COM1 + 3, 0x80);
        write_port(drawing, COM1 + below(drawing, 2), random32(drawing));
        if (below(drawing, 2))
            write_port(drawing, COM1 + 3, 3);
        return;
    }
    write_port(drawing, COM1 + 1 + below(drawing, 4), random32(drawing));
}

static void damage_registered(struct drawing *drawing)
{
    uint32_t stack = site_plan(drawing->site, drawing->course->memory)->stack;
    struct range own = {stack, stack + 24};

    damage(drawing, below(drawing, 2) ? &own : &drawing->site->threads);
}

static void damage_tables(struct drawing *drawing)
{
    damage(drawing, below(drawing, 2) ? &drawing->site->gdt : &drawing->site->idt);
}

static void damage_gate(struct drawing *drawing)
{
    const struct site *site = drawing->site;
    const struct range *ranges[] = {&site->gate, &site->entry, &site->task, &site->segments};

    damage(drawing, ranges[below(drawing, 4)]);
}

static void damage_target(struct drawing *drawing, enum target target)
{
    const struct site *site = drawing->site;
    struct range stack = {drawing->course->esp & ~3u, drawing->course->base};
    struct range registers = {site->host_task, site->host_task + TSS_SIZE};

    if (stack.start < drawing->course->limit || stack.start >= stack.end)
        stack.start = drawing->course->limit;
    switch (target) {
    case TARGET_STACK:
        damage(drawing, &stack);
        return;
    case TARGET_CHAIN:
        damage_chain(drawing);
        return;
    case TARGET_POINTERS:
        damage_pointers(drawing);
        return;
    case TARGET_REGISTERS:
        damage(drawing, &registers);
        return;
    case TARGET_SYMBOLS:
        damage(drawing, &site->table);
        return;
    case TARGET_DATA:
    case TARGET_FEET_DATA:
        damage(drawing, &site->data);
        return;
    case TARGET_REGISTERED:
        damage_registered(drawing);
        return;
    case TARGET_PAGES:
        damage_pages(drawing);
        return;
    case TARGET_UART:
        damage_uart(drawing);
        return;
    case TARGET_TABLES:
        damage_tables(drawing);
        return;
    case TARGET_FEET_STACK:
        damage(drawing, &site->handler_stack);
        return;
    case TARGET_FEET_OTHER:
        damage_target(drawing, (enum target)below(drawing, TARGET_FEET_DATA));
        return;
    case TARGET_SEVERAL:
        for (uint32_t n = 2 + below(drawing, 2); n > 0; n--)
            damage_target(drawing, (enum target)below(drawing, TARGET_FEET_DATA));
        return;
    case TARGET_GATE:
        damage_gate(drawing);
        return;
    case TARGET_TEXT:
        damage(drawing, &site->text);
        return;
    default:
        damage_own_pages(drawing);
        return;
    }
}

static enum moment moment_for(struct drawing *drawing, enum target target)
{
    switch (target) {
    case TARGET_FEET_DATA:
    case TARGET_FEET_STACK:
    case TARGET_FEET_OTHER:
        return MOMENT_WITHIN;
    case TARGET_TABLES:
    case TARGET_GATE:
        return MOMENT_BEFORE;
    case TARGET_STACK:
    case TARGET_CHAIN:
    case TARGET_POINTERS:
    case TARGET_REGISTERS:
        return MOMENT_CAUGHT;
    case TARGET_TEXT:
        return (enum moment)below(drawing, MOMENTS);
    default:
        return below(drawing, 2) ? MOMENT_BEFORE : MOMENT_CAUGHT;
    }
}

static enum target draw_target(struct drawing *drawing)
{
    uint32_t at = below(drawing, 64);
    uint32_t target = 0;

    while (at >= weights[target])
        at -= weights[target++];
    return (enum target)target;
}

void draw(struct trial *trial, uint32_t seed, uint32_t number, const struct site *site, const struct course courses[CRASHES])
{
    struct drawing drawing = {trial, site, 0, (uint64_t)seed << 32 | number, 0};
    uint32_t crash;

    memset(trial, 0, sizeof *trial);
    trial->number = number;
    trial->target = draw_target(&drawing);
    crash = below(&drawing, 8);
    trial->plan.crash = crash == 0 ? CRASH_BAD_GATE : crash == 1 ? CRASH_BAD_ESP : CRASH_OVERFLOW;
    drawing.course = &courses[trial->plan.crash];
    trial->plan.moment = moment_for(&drawing, trial->target);
    if (trial->plan.moment == MOMENT_WITHIN)
        trial->plan.instructions = 1 + below(&drawing, drawing.course->instructions);
    for (int tries = 0; tries < 100 && trial->plan.damage_count == 0; tries++)
        damage_target(&drawing, trial->target);
}

void draw_print(const struct trial *trial)
{
    static const char *const crashes[] = {"overflow", "exception not delivered", "esp on no stack"};
    static const char *const moments[] = {"before the crash", "as the handler begins", "at work"};

    printf("trial %" PRIu32 ": %s; %s, %s", trial->number, target_names[trial->target], crashes[trial->plan.crash],
           moments[trial->plan.moment]);
    if (trial->plan.moment == MOMENT_WITHIN)
        printf(" after %" PRIu32 " instructions", trial->plan.instructions);
    printf("\n");
    for (uint32_t i = 0; i < trial->plan.damage_count; i++) {
        const struct damage *damage = &trial->plan.damage[i];

        printf("  %s %08" PRIx32 ":", damage->way == WAY_PORT ? "port" : damage->way == WAY_FLIP ? "flip" : "set",
               damage->address);
        for (uint32_t byte = 0; byte < damage->count; byte++)
            printf(" %02x", trial->plan.bytes[damage->first + byte]);
        printf("\n");
    }
}
