/* How many reads of memory a recovery takes for each word of a stack of so many bytes: cost BYTES */
#include "recover.h"
#include "world.h"

const char program_name[] = "cost";

#define LIMIT 0xc0200000u
#define WHOLE 0x100000u /* bytes to be measured at least */

static uint64_t reads;

/* What is measured by the fuzzer is not, here. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
}

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

static void recover_one(const char *kind, uint32_t bytes, uint32_t seed)
{
    uint32_t count = bytes / 4;
    uint32_t *words;
    struct record head;

    world_make_random(seed);
    pieces_free(&world.pieces);
    memcpy(pieces_add(&world.pieces, CODE, code_size()), victim_start, code_size());
    words = (uint32_t *)(void *)pieces_add(&world.pieces, LIMIT, 4 * count);
    world.memory.find = find_one_word;
    world.memory.data = world.memory.code = (struct window){0, 0, 0};
    world.code_start = CODE;
    world.stacks[0].limit = world.start.view.limit = LIMIT;
    world.stacks[0].base = world.start.view.base = LIMIT + 4 * count;
    world.stack_count = 1;
    code_open(&world.code, symbol_table(), 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t upward = LIMIT + 4 * i + 8 + (random_below(bytes) & ~3u);

        if (strcmp(kind, "trash") == 0)
            words[i] = any_word();
        else if (strcmp(kind, "decoys") == 0) /* every second word leads up, and every other one is a return address */
            words[i] = i % 2 ? at("outer_pointer") : upward;
        else if (strcmp(kind, "frames") == 0)
            words[i] = i % 4 ? i % 4 == 1 ? at("middle_middle") : 0 : LIMIT + 4 * i + 16;
    }
    recover_chain(&world.start.view, LIMIT, 0, 2, &head);
}

/* As many words of small stacks as of one large one: chance has the same share in both. */
static void show_cost(const char *kind, uint32_t bytes)
{
    uint32_t stacks = bytes < WHOLE ? WHOLE / bytes : 1;
    uint32_t count = stacks * (bytes / 4);

    reads = 0;
    for (uint32_t seed = 1; seed <= stacks; seed++)
        recover_one(kind, bytes, seed);
    printf("recovery_reads_per_word_%s %" PRIu64 ".%02" PRIu64 "\n", kind, reads / count, reads * 100 / count % 100);
}

int main(int argc, char **argv)
{
    uint32_t bytes = argc == 2 ? (uint32_t)strtoul(argv[1], 0, 0) : 0;

    if (bytes < 64) {
        fprintf(stderr, "usage: cost BYTES\n");
        return 2;
    }
    show_cost("zeros", bytes);
    show_cost("trash", bytes);
    show_cost("decoys", bytes);
    show_cost("frames", bytes);
    world_end();
    return 0;
}
