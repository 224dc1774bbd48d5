/* The parts of the report: each prints one section from what the crash holds. */
#ifndef KMOD_PARTS_H
#define KMOD_PARTS_H

#include "biggest.h"
#include "clues.h"
#include "crash.h"
#include "fold.h"
#include "print.h"
#include "registry.h"
#include "stack.h"
#include "usage.h"
#include "verdict.h"
#include "walk.h"

#define EARLY_LOSSES 8

#define SPELT 32 /* a power of 2 */
#define SPELT_WORDS 10
#define SPELT_LONGEST (4 * SPELT_WORDS)

/* A name as it was printed: "module!function". */
struct spelt {
    uint32_t start;  /* of the function, or of a part of it that lies elsewhere */
    uint32_t base;   /* what the offsets behind it count from */
    uint32_t length; /* in characters */
    uint32_t text[SPELT_WORDS];
    uint32_t check; /* of all above */
};

/* All that is known of the crash; filled in before the first part that prints. */
struct scene {
    struct print print;
    struct spelt spelt[SPELT];

    /* From here on nothing changes any more once the headline has begun. */
    struct machine *machine;
    struct crash crash;
    struct stack_range range;
    struct clues clues;
    struct verdict verdict;
    struct walk_start start;
    uint32_t registers[8]; /* for start */
    struct usage_totals totals;
    struct usage_table modules;
    struct usage_table functions;
    struct fold_summary folded;
    struct biggest biggest;
    uint32_t stack_crc; /* of the stack that was walked */
    uint32_t walked;    /* what comes of the walk, the six above, holds */
    struct registry_losses registered;
    struct {
        const char *part;
        struct fault fault;
    } early[EARLY_LOSSES]; /* parts lost before the headline */
    uint32_t early_count;
    struct code code; /* but for its cache, which stands last in it */
};

/* What the headline rests on. */
void part_lists(struct scene *scene);
void part_symbols(struct scene *scene);
void part_stack(struct scene *scene);
void part_walk(struct scene *scene);
void part_verdict(struct scene *scene);

void part_headline(struct scene *scene);
void part_losses(struct scene *scene);

void part_registers(struct scene *scene);
void part_tasks(struct scene *scene);
void part_rows(struct scene *scene);
void part_modules(struct scene *scene);
void part_functions(struct scene *scene);
void part_frames(struct scene *scene);
void part_stacks(struct scene *scene);
void part_changes(struct scene *scene);

/* "**** lost: " and what, on a line of its own. */
void print_lost(struct scene *scene, const char *what);
void print_lost_part(struct scene *scene, const char *part, const struct fault *fault);
void print_lost_facts(struct scene *scene, const char *part);

/* Of the stack that is walked, as it is now. */
uint32_t losses_stack_crc(const struct scene *scene);

/* Of the headline: its title, its sentence, and the lines below that say what it rests on. */
const char *sentence_title(const struct verdict *verdict);
void print_sentence(struct scene *scene);
void print_evidence(struct scene *scene);

/* Of the evidence: its first line, behind how sure it is; begins a further line. */
void print_pointers(struct scene *scene);
void print_evidence_line(struct print *print);

/* What the instruction at eip raised; whether an entry of the IDT can be used; both, and the entries that matter. */
void print_raised(struct scene *scene);
void print_gate(struct scene *scene, uint32_t vector);
void print_undelivered(struct scene *scene);

/* "eax 00000000", "cs 0008": the name may have spaces before it. */
void print_register(struct print *print, const char *name, uint32_t value);
void print_selector(struct print *print, const char *name, uint16_t value);

/* The tasks that were left for the one that crashed. */
void print_outer_tasks(struct scene *scene);

/* The traps that nest, if any do. */
void print_nested(struct scene *scene);

/* What ksg_report was told, one line of it. */
struct text reason_of(const struct scene *scene);

/* Forgets the names that were printed in another report. */
void place_begin(struct scene *scene);

/* kernel!parse+0x31, Ntfs+0x1196 or 0x7c8285ec, in at most room columns. */
void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room);

/* The same without the offset, where the function is known. */
void print_function(struct scene *scene, const struct function *function, uint32_t address, uint32_t room);

/* stack "worker", or an unnamed stack. */
void print_stack_name(struct print *print, struct text name);

/* Behind a word that may be four characters: text "AAAA". */
void print_as_text(struct print *print, uint32_t word);

#endif
