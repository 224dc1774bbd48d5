/*
 * The worst inputs for a report, each made in memory and reported on by ksg_report: what do they cost, in instructions?
 * To be run under -icount shift=0, as bench.c. Prints lines of a name and a number, for tests/bench/bound.sh.
 */
#include "kernel.h"

#include "crc.h"
#include "symbols.h"

#define STACK_SIZE 0x100000u
#define CODE_SIZE 0x600000u
#define TABLE_SIZE 0x280000u
#define LIST_LONG 4000u /* entries of registry.h's lists, less those that are there already */

/* --- the machine that the report is on --- */

static uint32_t stack_limit, stack_base, code_start, table_start;
static struct ksg_stack hog_stack;
static struct ksg_range hog_range;
static struct ksg_module hog;
static struct ksg_registers registers;
static uint32_t function_size, function_count;

/* Instructions so far. */
static uint64_t instructions(void)
{
    uint64_t now;

    __asm__ volatile("rdtsc" : "=A"(now));
    return now;
}

static void print_decimal(uint64_t number)
{
    static const uint64_t powers[] = {1000000000000, 100000000000, 10000000000, 1000000000, 100000000, 10000000,
                                      1000000,       100000,       10000,       1000,       100,       10,        1};
    bool begun = false;

    for (unsigned i = 0; i < sizeof powers / sizeof *powers; i++) {
        char digit = '0';

        for (; number >= powers[i]; number -= powers[i])
            digit++;
        begun |= digit != '0' || powers[i] == 1;
        if (begun)
            console_put(digit);
    }
}

static void print_figure(const char *input, const char *name, uint64_t number)
{
    console_print("bound.");
    console_print(input);
    console_print(".");
    console_print(name);
    console_print(" ");
    print_decimal(number);
    console_print("\n");
}

static uint32_t lines, bytes;

static void KSG_CALL put(void *context, char character)
{
    (void)context;
    bytes++;
    lines += character == '\n';
}

/* --- code and its symbols --- */

static uint8_t *emit;

static void byte(uint32_t value)
{
    *emit++ = (uint8_t)value;
}

static void word(uint32_t value)
{
    __builtin_memcpy(emit, &value, 4);
    emit += 4;
}

static void jump_to(uint32_t opcode, uint32_t target)
{
    byte(opcode);
    word(target - ((uint32_t)emit + 4));
}

static uint32_t function_at(uint32_t index)
{
    return code_start + index % function_count * function_size;
}

/* A table in which the functions have names of three characters. */
static void name_functions(void)
{
    uint32_t groups = (function_count + SYMBOLS_GROUP - 1) / SYMBOLS_GROUP;
    struct symbols_header *header = (struct symbols_header *)table_start;
    uint32_t *starts = (uint32_t *)(header + 1);
    struct symbols_group *group = (struct symbols_group *)(starts + groups);
    struct symbols_range *range = (struct symbols_range *)(group + groups);
    uint32_t *modules = (uint32_t *)(range + 1);
    uint16_t *tokens = (uint16_t *)(modules + 1);
    uint8_t *names = (uint8_t *)(tokens + 1), *name = names;

    *modules = 0;
    *tokens = 0;
    *name++ = 1;
    *name++ = 'm';
    *range = (struct symbols_range){code_start, function_at(function_count - 1) + function_size, 0};
    for (uint32_t g = 0; g < groups; g++, group++) {
        starts[g] = function_at(g * SYMBOLS_GROUP);
        *group = (struct symbols_group){.names = (uint32_t)(name - names), .piece = SYMBOLS_NONE};
        for (uint32_t i = 0; i <= SYMBOLS_GROUP; i++) {
            bool there = i < SYMBOLS_GROUP && g * SYMBOLS_GROUP + i < function_count;

            group->offsets[i] = there ? (uint16_t)(i * function_size) : SYMBOLS_NONE;
            if (!there)
                continue;
            group->end = starts[g] + (i + 1) * function_size;
            *name++ = 3;
            for (unsigned digit = 0; digit < 3; digit++)
                *name++ = (uint8_t)('a' + ((g * SYMBOLS_GROUP + i) >> 5 * digit) % 26);
        }
    }
    *header = (struct symbols_header){.magic = SYMBOLS_MAGIC,
                                      .version = SYMBOLS_VERSION,
                                      .size = (uint32_t)name - table_start,
                                      .group_count = groups,
                                      .range_count = 1,
                                      .module_count = 1};
    header->crc = crc_bytes(0, &header->group_count, header->size - 16);
    if ((uint32_t)name > table_start + TABLE_SIZE)
        kernel_panic("the table is too large");
}

/* So many functions of so many bytes; what is behind the ends of their code are nops. */
static void make_code(uint32_t count, uint32_t size, void (*write)(uint32_t index))
{
    function_count = count;
    function_size = size;
    for (uint32_t at = code_start; at < code_start + CODE_SIZE; at += 4)
        *(uint32_t *)at = 0x90909090;
    for (uint32_t i = 0; i < count; i++) {
        emit = (uint8_t *)function_at(i);
        write(i);
        if (emit > (uint8_t *)function_at(i) + size || (uint32_t)emit > code_start + CODE_SIZE)
            kernel_panic("a function is too long");
    }
    name_functions();
    hog_range = (struct ksg_range){code_start, code_start + count * size};
    hog = (struct ksg_module){.name = "hog", .ranges = &hog_range, .range_count = 1, .symbols = (void *)table_start};
    if (ksg_add_module(&hog) != KSG_OK)
        kernel_panic("the module cannot be registered");
}

/* --- what functions look like --- */

#define CALL_END_FRAMED 8 /* where the call in such a function returns to */

static void framed(uint32_t index)
{
    byte(0x55);
    byte(0x89), byte(0xe5);
    jump_to(0xe8, function_at(index + 1));
    byte(0x5d);
    byte(0xc3);
}

#define CALL_END_INDIRECT 5

static void framed_indirect(uint32_t index)
{
    (void)index;
    byte(0x55);
    byte(0x89), byte(0xe5);
    byte(0xff), byte(0xd0);
    byte(0x5d);
    byte(0xc3);
}

/* Fills the rest of the function's size with other code. */
static void fill_to(uint32_t index, uint32_t size, uint32_t left)
{
    while (emit < (uint8_t *)function_at(index) + size - left)
        byte(0x40); /* inc eax */
}

/* Its call is in the middle of a long body: nothing tells at once where its return address is. */
static void frameless_long(uint32_t index)
{
    uint32_t middle = function_size / 2;

    jump_to(0xe8, function_at(index + 1));
    while (emit < (uint8_t *)function_at(index) + middle - 5) {
        byte(0x74), byte(0x10); /* jz */
        byte(0x40);
    }
    fill_to(index, middle, 5);
    jump_to(0xe8, function_at(index + 1));
    while (emit < (uint8_t *)function_at(index) + function_size - 8) {
        byte(0x74), byte(0x10);
        jump_to(0xe8, function_at(index + 1));
        byte(0x40);
    }
    byte(0xc3);
}

#define LONG_STUB 254
static void long_stub(uint32_t index)
{
    fill_to(index, LONG_STUB + 1, 1);
    byte(0xcf);
}

/* As long as a jump to another function is looked for; ends in a call through a register. */
#define CALL_END_TAIL 258
static void long_caller(uint32_t index)
{
    byte(0x55);
    byte(0x89), byte(0xe5);
    fill_to(index, CALL_END_TAIL - 5, 0);
    jump_to(0xe8, function_at(index + 7));
    byte(0xc9);
    byte(0xc3);
}

/* --- stacks --- */

static uint32_t random_state = 1;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint32_t *stack_word(uint32_t address)
{
    return (uint32_t *)address;
}

static void begin(uint32_t eip)
{
    registers = (struct ksg_registers){
        .esp = stack_limit, .ebp = stack_limit, .eip = eip, .eflags = 2, .cs = KERNEL_CODE};
    for (uint32_t at = stack_limit; at < stack_base; at += 4)
        *stack_word(at) = 0;
}

/* Records of two words from limit to base, each of another function. */
static void chain(uint32_t call_end)
{
    uint32_t index = function_count - 1;

    begin(function_at(index) + 3);
    for (uint32_t at = stack_limit; at < stack_base; at += 8) {
        stack_word(at)[0] = at + 8 < stack_base ? at + 8 : 0;
        index = (index + function_count - 1) % function_count;
        stack_word(at)[1] = function_at(index) + call_end;
    }
}

static void plain(void)
{
    make_code(STACK_SIZE / 8, 16, framed);
    chain(CALL_END_FRAMED);
}

static void indirect(void)
{
    make_code(STACK_SIZE / 8, 16, framed_indirect);
    chain(CALL_END_INDIRECT);
}

static void tail(void)
{
    make_code(CODE_SIZE / 264, 264, long_caller);
    chain(CALL_END_TAIL);
}

static void recursion(void)
{
    make_code(1, 16, framed);
    chain(CALL_END_FRAMED);
}

static void recursion_indirect(void)
{
    make_code(1, 16, framed_indirect);
    chain(CALL_END_INDIRECT);
}

/* A turn of one row more than is folded. */
static void recursion_65(void)
{
    make_code(65, 16, framed);
    chain(CALL_END_FRAMED);
}

/* Two functions in turn, and every so often one of them twice. */
static void recursion_drifting(void)
{
    make_code(2, 16, framed_indirect);
    begin(function_at(0) + 3);
    for (uint32_t at = stack_limit; at < stack_base; at += 8) {
        stack_word(at)[0] = at + 8 < stack_base ? at + 8 : 0;
        stack_word(at)[1] = function_at(random_word() % 16 ? at / 8 & 1 : 0) + CALL_END_INDIRECT;
    }
}

static void frameless(void)
{
    make_code(CODE_SIZE / 2016, 2016, frameless_long);
    begin(function_at(0) + 1008);
    registers.ebp = 1;
    for (uint32_t at = stack_limit; at < stack_base; at += 4)
        *stack_word(at) = function_at((stack_base - at) / 4) + 1008;
}

static void traps(void)
{
    make_code(CODE_SIZE / 256, 256, long_stub);
    begin(function_at(0));
    for (uint32_t at = stack_limit; at + 12 <= stack_base; at += 12) {
        stack_word(at)[0] = function_at(random_word() >> 8);
        stack_word(at)[1] = KERNEL_CODE;
        stack_word(at)[2] = 0x246;
    }
}

/* Every pair of words could be a record. */
static void pairs(uint32_t call_end)
{
    begin(function_at(0) + 20);
    registers.ebp = 1;
    for (uint32_t at = stack_limit; at < stack_base; at += 8) {
        uint32_t above = (stack_base - at) / 8;

        stack_word(at)[0] = at + 8 * (1 + (above > 1 ? random_word() % (above - 1 < 64 ? above - 1 : 64) : 0));
        stack_word(at)[1] = function_at(random_word() >> 8) + call_end;
    }
}

static void records(void)
{
    make_code(STACK_SIZE / 8, 16, framed_indirect);
    pairs(CALL_END_INDIRECT);
}

static void records_tail(void)
{
    make_code(CODE_SIZE / 264, 264, long_caller);
    pairs(CALL_END_TAIL);
}

static void return_addresses(void)
{
    make_code(CODE_SIZE / 264, 264, long_caller);
    begin(function_at(0) + 20);
    registers.ebp = 1;
    for (uint32_t at = stack_limit; at < stack_base; at += 4)
        *stack_word(at) = function_at(random_word() >> 8) + CALL_END_TAIL;
}

static void garbage_words(void)
{
    begin(function_at(0) + 3);
    for (uint32_t at = stack_limit; at < stack_base; at += 4)
        *stack_word(at) = random_word();
    registers.ebp = random_word();
}

static void garbage(void)
{
    make_code(STACK_SIZE / 8, 16, framed);
    garbage_words();
}

/* As many modules as the list may have, each with one function, and each called by another one. */
static void modules(void)
{
    static struct ksg_range ranges[LIST_LONG];
    static struct ksg_module list[LIST_LONG];

    make_code(LIST_LONG, 16, framed_indirect);
    ksg_remove_module(&hog);
    for (uint32_t i = 0; i < LIST_LONG; i++) {
        ranges[i] = (struct ksg_range){function_at(i), function_at(i) + 16};
        list[i] = (struct ksg_module){.name = "module", .ranges = &ranges[i], .range_count = 1};
        ksg_add_module(&list[i]);
    }
    chain(CALL_END_INDIRECT);
}

/* And as many stacks, painted, with EBP in none. */
static void stacks(void)
{
    static struct ksg_stack list[LIST_LONG];

    for (uint32_t i = 0; i < LIST_LONG; i++) {
        list[i] = (struct ksg_stack){.name = "other", .limit = code_start + i * 64, .base = code_start + i * 64 + 64};
        ksg_add_stack(&list[i]);
        ksg_paint(&list[i]);
    }
    garbage_words();
}

/* --- */

static const struct input {
    const char *name;
    void (*make)(void);
} inputs[] = {
    {"plain", plain},
    {"indirect", indirect},
    {"tail", tail},
    {"recursion", recursion},
    {"recursion_indirect", recursion_indirect},
    {"recursion_65", recursion_65},
    {"recursion_drifting", recursion_drifting},
    {"garbage", garbage},
    {"records", records},
    {"records_tail", records_tail},
    {"return_addresses", return_addresses},
    {"traps", traps},
    {"frameless", frameless},
    {"modules", modules}, /* these stay registered */
    {"stacks", stacks},
};

void scenario(void)
{
    struct ksg_config config = {.put = put};
    uint32_t guard = page_allocate(1 + STACK_SIZE / PAGE_SIZE);

    page_unmap(guard);
    stack_limit = guard + PAGE_SIZE;
    stack_base = stack_limit + STACK_SIZE;
    code_start = page_allocate(CODE_SIZE / PAGE_SIZE);
    table_start = page_allocate(TABLE_SIZE / PAGE_SIZE);
    hog_stack = (struct ksg_stack){.name = "hog", .limit = stack_limit, .base = stack_base};
    ksg_add_stack(&hog_stack);
    kernel_install(&config);
    for (unsigned i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        uint64_t before;

        inputs[i].make();
        lines = bytes = 0;
        before = instructions();
        ksg_report(&registers, inputs[i].name);
        print_figure(inputs[i].name, "instructions", instructions() - before);
        print_figure(inputs[i].name, "lines", lines);
        ksg_remove_module(&hog);
    }
    exit_machine(EXIT_PASSED);
}
