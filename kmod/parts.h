/* The parts of the report: each prints one section from what the crash holds. */
#ifndef KMOD_PARTS_H
#define KMOD_PARTS_H

#include "biggest.h"
#include "crash.h"
#include "fold.h"
#include "print.h"
#include "stack.h"
#include "usage.h"
#include "verdict.h"
#include "walk.h"

/* All that is known of the crash; filled in once, before the first part. */
struct scene {
    struct print print;
    struct machine *machine;
    struct crash crash;
    struct stack_range range;
    struct verdict verdict;
    struct code code;
    struct walk_start start;
    struct usage_totals totals;
    struct usage_table modules;
    struct fold_summary folded;
    struct biggest biggest;
    bool walked; /* the four above hold */
};

void part_headline(struct scene *scene);
void part_registers(struct scene *scene);
void part_rows(struct scene *scene);
void part_modules(struct scene *scene);
void part_frames(struct scene *scene);
void part_stacks(struct scene *scene);

/* kernel!parse+0x31, Ntfs+0x1196 or 0x7c8285ec, in at most room columns. */
void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room);

/* The same without the offset, where the function is known. */
void print_function(struct scene *scene, const struct function *function, uint32_t address, uint32_t room);

#endif
