/* A crashed machine made of any bytes. */
#include "world.h"

struct world world;

/* --- random numbers --- */

static uint32_t random_state;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

uint32_t random_below(uint32_t limit)
{
    return (random_word() >> 3) % limit;
}

bool one_in(uint32_t count)
{
    return random_below(count) == 0;
}

/* --- what stands on stacks --- */

uint32_t stack_address(void)
{
    const struct ksg_stack *stack = &world.stacks[one_in(4) ? random_below(world.stack_count) : 0];
    uint32_t address = stack->limit + (random_below(stack->base - stack->limit + 16) & ~3u);

    return one_in(32) ? address + random_below(4) : address;
}

static uint32_t mark_address(uint32_t number)
{
    uint32_t marks = (uint32_t)(__stop_victim_marks - __start_victim_marks);

    return world.code_start + __start_victim_marks[number % marks].offset;
}

/* A return address, a function's start, or any address of the code. */
static uint32_t code_address(void)
{
    if (one_in(4))
        return world.code_start + random_below(world.code_size + 16);
    return mark_address(random_below(1000));
}

static uint32_t small_word(uint32_t number)
{
    static const uint32_t words[] = {0, 8, 0x10, USER_CS, USER_SS, EFLAGS, EFLAGS_V86, 2, 0x1000, 0xffffffff};

    return words[number % (sizeof words / sizeof words[0])];
}

uint32_t any_word(void)
{
    switch (random_below(8)) {
    case 0:
        return random_word();
    case 1:
    case 2:
        return stack_address();
    case 3:
    case 4:
        return code_address();
    default:
        return small_word(random_below(10));
    }
}

/* --- a random world --- */

static uint32_t *words_of(const struct ksg_stack *stack)
{
    struct window window;

    return pieces_find(&world.memory, stack->limit, &window) ? (uint32_t *)(uintptr_t)window.bytes : 0;
}

/* Frames that lead up the stack as calls would have left them. */
static void put_chain(uint32_t *words, uint32_t count, uint32_t limit)
{
    uint32_t at = random_below(count);
    uint32_t frames = random_below(40);

    while (frames-- > 0) {
        uint32_t next = at + 2 + random_below(12);

        if (next + 1 >= count)
            return;
        words[at] = limit + 4 * next;
        words[at + 1] = code_address();
        at = next;
    }
    words[at] = one_in(2) ? 0 : random_word();
}

/* pushad's image, perhaps a vector and an error code, and what the CPU pushed. */
static void put_trap(uint32_t *words, uint32_t count, uint32_t limit)
{
    uint32_t at = random_below(count);
    bool user = one_in(3);
    bool virtual_8086 = user && one_in(3);

    if (at + 24 > count)
        return;
    words[at + 2] = stack_address();
    words[at + 3] = limit + 4 * at + 32;
    at += 8 + random_below(3);
    words[at++] = one_in(8) ? random_word() : code_address();
    words[at++] = user ? virtual_8086 ? 0xf000 : USER_CS : KERNEL_CS;
    words[at++] = virtual_8086 ? EFLAGS_V86 : EFLAGS;
    if (user) {
        words[at++] = random_word();
        words[at] = USER_SS;
    }
}

static void make_stack(struct ksg_stack *stack, uint32_t limit)
{
    uint32_t count = 4 + random_below(one_in(4) ? WORDS_MOST : 100);
    uint32_t *words;

    *stack = (struct ksg_stack){.name = "stack", .limit = limit, .base = limit + 4 * count};
    words = (uint32_t *)(void *)pieces_add(&world.pieces, limit, 4 * count);
    world.stack_count++;
    for (uint32_t i = 0; i < count; i++)
        words[i] = one_in(2) ? any_word() : 0;
}

static void fill_stack(const struct ksg_stack *stack)
{
    uint32_t count = (stack->base - stack->limit) / 4;
    uint32_t *words = words_of(stack);

    for (uint32_t i = random_below(6); i > 0; i--)
        put_chain(words, count, stack->limit);
    for (uint32_t i = random_below(6); i > 0; i--)
        put_trap(words, count, stack->limit);
}

/* The victim's code, as it is, with some bytes changed, or only random bytes; or none. */
static void make_code(void)
{
    uint8_t *bytes;

    world.code_start = one_in(8) ? 0x8000 : one_in(8) ? 0u - code_size() : CODE;
    world.code_size = code_size();
    if (one_in(8))
        return;
    bytes = pieces_add(&world.pieces, world.code_start, world.code_size);
    memcpy(bytes, victim_start, world.code_size);
    for (uint32_t i = one_in(2) ? random_below(200) : 0; i > 0; i--)
        bytes[random_below(world.code_size)] = (uint8_t)random_word();
    if (one_in(16))
        for (uint32_t i = 0; i < world.code_size; i++)
            bytes[i] = (uint8_t)random_word();
}

/* What is known of the code: nothing, the table, or modules with and without one. */
static void make_knowledge(void)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};
    bool known = !one_in(4);
    bool embedded = known && world.code_start == CODE && one_in(2);

    for (unsigned i = 0; known && !embedded && i < MODULES; i++) {
        uint32_t start = i * (world.code_size / MODULES);

        world.ranges[i] =
            (struct ksg_range){world.code_start + start, world.code_start + start + world.code_size / MODULES};
        world.modules[i] = (struct ksg_module){.name = "module", .ranges = &world.ranges[i], .range_count = 1};
        if (one_in(2)) {
            world.modules[i].symbols = symbol_table();
            world.modules[i].symbols_offset = world.code_start - CODE;
        }
        if (world.ranges[i].start < world.ranges[i].end)
            ksg_add_module(&world.modules[i]);
    }
    code_open(&world.code, embedded ? symbol_table() : &empty, registry_modules());
}

static void make_registers(void)
{
    const struct ksg_stack *stack = &world.stacks[0];
    struct walk_start *start = &world.start;
    uint32_t room = stack->base - stack->limit;

    start->view.memory = &world.memory;
    start->view.code = &world.code;
    start->view.base = stack->base;
    start->view.kernel_cs = one_in(4) ? 0 : KERNEL_CS;
    start->esp = one_in(8) ? stack->limit - random_below(64)
                           : stack->limit + random_below(one_in(2) ? 64 : room) % room;
    start->view.limit = start->esp < stack->limit ? start->esp : stack->limit;
    start->ebp = one_in(4) ? any_word() : stack_address();
    start->eip = one_in(4) ? any_word() : code_address();
    start->eip_known = !one_in(8);
    start->stacks = one_in(2) ? registry_stacks() : 0;
}

void world_end(void)
{
    for (unsigned i = 0; i < MODULES; i++)
        ksg_remove_module(&world.modules[i]);
    for (unsigned i = 0; i < STACKS; i++)
        ksg_remove_stack(&world.stacks[i]);
    pieces_free(&world.pieces);
}

void world_make_random(uint32_t number)
{
    static const uint32_t places[] = {0xc0201000, 0xc0301000, 0xc0401000};

    world_end();
    random_state = number * 2654435761u | 1;
    random_word();
    memset(&world, 0, sizeof world);
    world.memory.find = pieces_find;
    world.memory.context = &world.pieces;
    make_code();
    for (unsigned i = 0; i < STACKS; i++)
        make_stack(&world.stacks[i], i == 0 && one_in(8) ? 0x100 : places[i]);
    if (world.code_start == CODE && one_in(16)) { /* near the end of the address space */
        world.stacks[0].limit += 0xffffff00 - world.stacks[0].base;
        world.stacks[0].base = 0xffffff00;
        world.pieces.list[world.pieces.count - STACKS].start = world.stacks[0].limit;
    }
    for (unsigned i = 0; i < STACKS; i++) {
        fill_stack(&world.stacks[i]);
        ksg_add_stack(&world.stacks[i]);
    }
    make_knowledge();
    make_registers();
}

/* --- the edits --- */

uint32_t input_word(struct input *input, uint32_t place)
{
    uint32_t kind = take_byte(input);
    uint32_t value = take_half(input);

    switch (kind % 8) {
    case 0:
        return world.stacks[0].limit + value;
    case 1:
        return world.stacks[1 + value % 2].limit + (value >> 4);
    case 2:
    case 3:
        return mark_address(value);
    case 4:
        return world.code_start + value;
    case 5:
        return small_word(value);
    case 6:
        return place + 4 * (value % 64) - 32;
    default:
        return take_half(input) << 16 | value;
    }
}

/* A word of a stack, a byte of the code, or a register. */
static void edit(struct input *input)
{
    uint32_t what = take_byte(input) % 16;
    uint32_t where = take_half(input);
    const struct ksg_stack *stack = &world.stacks[what < 12 ? 0 : 1];
    uint32_t count = (stack->base - stack->limit) / 4;
    uint32_t value = input_word(input, stack->limit + 4 * (where % count));
    struct window window;

    if (what < 13)
        words_of(stack)[where % count] = value;
    else if (what == 13 && pieces_find(&world.memory, world.code_start, &window))
        ((uint8_t *)(uintptr_t)window.bytes)[where % world.code_size] = (uint8_t)value;
    else if (where % 3 == 0)
        world.start.ebp = value;
    else if (where % 3 == 1)
        world.start.eip = value;
    else
        world.start.esp = world.stacks[0].limit + value % (world.stacks[0].base - world.stacks[0].limit);
}

void world_make(struct input *input)
{
    world_make_random(take_word(input));
    while (input->left > 0)
        edit(input);
    if (world.start.esp >= world.stacks[0].limit)
        world.start.view.limit = world.stacks[0].limit;
}
