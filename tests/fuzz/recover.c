/*
 * Target: recovery, and the walks that begin with it, on a stack of any words. It ends, after so many reads of memory a
 * word; its head lies on the stack; and it says the same again.
 */
#include "recover.h"
#include "walk.h"
#include "world.h"

const char program_name[] = "recover";

#define LIMIT 0xc0201000u
#define READS_A_WORD 2000 /* of these most where each is a return address of another function, which might jump on */

static uint64_t reads;

/* A window of one word, so that every word read is asked for. */
static bool find_one_word(struct memory *memory, uint32_t address, struct window *window)
{
    struct window whole;

    if (!pieces_find(memory, address, &whole))
        return false;
    reads++;
    window->start = address;
    window->bytes = whole.bytes + (address - whole.start);
    window->size = whole.size - (address - whole.start) < 4 ? whole.size - (address - whole.start) : 4;
    return true;
}

static void make_stack(struct input *input, bool with_code, bool with_names)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};
    uint32_t count = (uint32_t)input->left / 3 + 2;
    uint32_t *words;

    world_end();
    memset(&world, 0, sizeof world);
    world.memory.find = find_one_word;
    world.memory.context = &world.pieces;
    world.code_start = CODE;
    world.code_size = code_size();
    if (with_code)
        memcpy(pieces_add(&world.pieces, CODE, code_size()), victim_start, code_size());
    words = (uint32_t *)(void *)pieces_add(&world.pieces, LIMIT, 4 * count);
    for (unsigned i = 0; i < STACKS; i++)
        world.stacks[i] = (struct ksg_stack){.limit = LIMIT, .base = LIMIT + 4 * count};
    for (uint32_t i = 0; i < count; i++)
        words[i] = input_word(input, LIMIT + 4 * i);
    code_open(&world.code, with_names ? symbol_table() : &empty, 0);
    world.start.view = (struct view){&world.memory, &world.code, LIMIT, LIMIT + 4 * count, KERNEL_CS, 0};
    world.start.esp = LIMIT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint32_t how = take_byte(&input);
    uint32_t words = (uint32_t)input.left / 3 + 2;
    uint32_t floor = LIMIT + (how >> 6) * 4;
    const struct view *view = &world.start.view;
    struct record head = {0, 0, 0}, again = {0, 0, 0};
    struct walk walk;
    struct row row;
    uint32_t rows = 0;
    bool found;

    make_stack(&input, how & 1, how & 2);
    reads = 0;
    found = recover_chain(view, floor, how & 4 ? at("middle") : 0, how & 8 ? 2 : 1, &head);
    hold(reads <= READS_A_WORD * (uint64_t)words + 100, "so many reads a word at most");
    world.memory.find = pieces_find;
    hold(recover_chain(view, floor, how & 4 ? at("middle") : 0, how & 8 ? 2 : 1, &again) == found &&
             (!found || (again.at == head.at && again.link == head.link && again.return_address == head.return_address)),
         "it says the same again");
    if (found)
        hold(head.at >= floor && head.at + RECORD_SIZE <= view->base && head.at % 4 == 0, "the head lies on the stack");
    walk_begin(&walk, &world.start);
    while (walk_next(&walk, &row))
        hold(rows++ <= 4 * words + 64, "there are as many rows as words at most");
    world_end();
    return 0;
}
