/*
 * Target: the walk of a stack, and what is added up from it. Of every walk has to hold: it ends; ChildEBP goes strictly
 * upward, but for stubs, which repeat it; the bytes add up; each row can be named; a second walk gives the same; and so
 * do the sums by module and by function, the cycles and the biggest frames.
 */
#include "biggest.h"
#include "fold.h"
#include "usage.h"
#include "world.h"

const char program_name[] = "walk";

static void check_row(const struct row *row)
{
    char room[SYMBOLS_NAME_LONGEST];
    uint32_t offset, start;
    bool has_function = row->kind == ROW_FRAME || row->kind == ROW_LOST || row->kind == ROW_USER;

    hold(has_function == (row->function != 0), "a row that names a function has one, and no other has");
    hold((row->kind == ROW_SWITCH) == (row->kind == ROW_SWITCH && row->stack), "a switch leads to a stack");
    if (!row->function)
        return;
    hold(code_name(&world.code, row->function, row->pc, &offset, room).length <= SYMBOLS_NAME_LONGEST,
         "names are short");
    code_module_name(&world.code, code_module(row->function), &start);
}

struct sums {
    uint32_t rows, bytes, frames;
};

/* Walks, and checks each row; returns what the whole walk gave. */
static struct sums check_walk(uint32_t *trace)
{
    struct walk walk;
    struct row row;
    struct sums sums = {0, 0, 0};
    uint32_t rows_most = STACKS * 4 * (WORDS_MOST + 64);
    uint32_t reached = world.start.esp;
    uint32_t end = world.start.view.base;
    uint32_t child = 0;
    bool first_stack = true;

    walk_begin(&walk, &world.start);
    while (walk_next(&walk, &row)) {
        bool record = row.kind == ROW_FRAME && !row.stub;

        hold(sums.rows++ < rows_most, "there are as many rows as words at most");
        check_row(&row);
        *trace = *trace * 31 + row.kind + 7 * row.trust + 11 * row.bytes + 13 * row.pc;
        if (row.kind == ROW_FRAME)
            *trace = *trace * 31 + row.child_ebp + 7 * row.return_address;
        sums.bytes += row.bytes;
        sums.frames += row.kind == ROW_FRAME;
        hold(row.bytes <= end - reached, "no row reaches beyond its base");
        reached += row.bytes;
        if (row.kind == ROW_SWITCH) {
            hold(reached == end || !first_stack || end <= world.start.esp, "each stack's bytes add up to its base");
            first_stack = false;
            reached = row.stack->limit;
            end = row.stack->base;
            child = 0;
        }
        if (record) {
            hold(row.child_ebp > child || child == 0, "ChildEBP goes strictly upward");
            child = row.child_ebp;
        }
    }
    hold(walk.end != WALK_NOT_ENDED, "why it ended is known");
    hold(!walk_next(&walk, &row), "the end is the end");
    if (first_stack)
        hold(reached == end, "the bytes add up to base - esp");
    return sums;
}

static void check_usage(const struct sums *sums, const struct usage_table *table)
{
    struct sums counted = {0, 0, 0};

    for (uint32_t i = 0; i < table->count; i++) {
        counted.bytes += table->entries[i].bytes;
        counted.frames += table->entries[i].frames;
    }
    hold(counted.bytes + table->others.bytes == sums->bytes && counted.frames + table->others.frames == sums->frames,
         "the sums add up to the whole");
}

static void check_folded(const struct sums *sums)
{
    struct fold_summary folded;
    struct biggest biggest;

    fold_summarize(&world.start, &folded);
    hold(folded.lines <= sums->rows, "folding makes no rows more");
    hold(folded.bytes <= sums->bytes, "cycles have no more bytes than there are");
    hold(folded.greatest_bytes <= folded.bytes, "nor one more than all of them");
    biggest_find(&world.start, &biggest);
    for (uint32_t i = 0; i < biggest.count; i++) {
        struct anatomy anatomy;
        const struct big_frame *frame = &biggest.frames[i];

        hold(i == 0 || frame->bytes <= frame[-1].bytes, "the biggest frame comes first");
        hold(frame->frames <= sums->frames, "a function has no more frames than there are");
        anatomy_of(&world.start.view, frame, &anatomy);
        hold(anatomy.locals + anatomy.pushes + anatomy.below + anatomy.arguments + anatomy.dynamic + anatomy.alignment +
                     anatomy.unexplained ==
                 frame->bytes,
             "a frame's parts add up to it");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint32_t once = 0, again = 0;
    struct usage_table modules, functions;
    struct usage_totals totals;
    struct sums sums;

    world_make(&input);
    usage_find(&world.start, &totals, &modules, &functions);
    sums = check_walk(&once);
    check_walk(&again);
    hold(once == again, "a second walk gives the same");
    hold(totals.bytes == sums.bytes && totals.frames == sums.frames, "the totals are those of the rows");
    check_usage(&sums, &modules);
    check_usage(&sums, &functions);
    check_folded(&sums);
    world_end();
    return 0;
}
