/* A way through code. */
#include "way.h"

#define FUNCTION_LONGEST 0x10000u /* bytes, from where the way began to where a jump table leads */

static bool is_nearer(const struct way *way, uint32_t one, uint32_t other)
{
    return one - way->first < other - way->first;
}

static bool visited(const struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->run_count; i++) {
        const struct run *run = &way->runs[i];

        if (address - run->start < run->end - run->start)
            return true;
    }
    return false;
}

/* The run that here goes on with, or a new one. */
static unsigned run_for_here(const struct way *way)
{
    unsigned i = 0;

    while (i < way->run_count && way->runs[i].end != way->here.address)
        i++;
    return i;
}

/* Here, which is not visited, and with room for another run. */
static void start_run(struct way *way)
{
    uint32_t here = way->here.address;

    way->stop = here < way->end ? way->end : UINT32_MAX;
    for (unsigned i = 0; i < way->run_count; i++) {
        if (way->runs[i].start > here && way->runs[i].start < way->stop)
            way->stop = way->runs[i].start;
    }
    way->current = run_for_here(way);
    if (way->current == way->run_count)
        way->runs[way->run_count++].start = here;
    way->runs[way->current].end = here;
}

void way_begin(struct way *way, struct memory *memory, uint32_t first, uint32_t end, const struct shape *shape,
               unsigned steps)
{
    way->memory = memory;
    way->first = first;
    way->end = end;
    way->steps = steps;
    way->here.address = first;
    way->here.shape = *shape;
    way->run_count = 0;
    way->pending_count = 0;
    way->switch_count = 0;
    way->goal = first;
    jump_table_forget(&way->clues);
    start_run(way);
}

static struct junction *find_pending(struct way *way, uint32_t address)
{
    for (unsigned i = 0; i < way->pending_count; i++) {
        if (way->pending[i].address == address)
            return &way->pending[i];
    }
    return 0;
}

static struct junction *nearest_pending(struct way *way)
{
    struct junction *nearest = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, way->pending[i].address, nearest->address))
            nearest = &way->pending[i];
    }
    return nearest;
}

static struct junction *farthest_pending(struct way *way)
{
    struct junction *farthest = &way->pending[0];

    for (unsigned i = 1; i < way->pending_count; i++) {
        if (is_nearer(way, farthest->address, way->pending[i].address))
            farthest = &way->pending[i];
    }
    return farthest;
}

static void remove_pending(struct way *way, struct junction *junction)
{
    *junction = way->pending[--way->pending_count];
}

/* Of two shapes at one place, the one without a call before it knows better. */
static void prefer_sure(struct shape *shape, const struct shape *other)
{
    if (!shape->esp.sure)
        *shape = *other;
}

void way_add(struct way *way, uint32_t target)
{
    struct junction *junction = find_pending(way, target);

    if (junction) {
        prefer_sure(&junction->shape, &way->here.shape);
        return;
    }
    if (visited(way, target))
        return;
    if (way->pending_count < WAY_PENDING) {
        junction = &way->pending[way->pending_count++];
    } else {
        junction = farthest_pending(way);
        if (is_nearer(way, junction->address, target))
            return;
    }
    junction->address = target;
    junction->shape = way->here.shape;
}

void way_add_table(struct way *way, const struct instruction *jump)
{
    struct switching *switching = &way->switches[way->switch_count];

    if (way->switch_count == WAY_TABLES || !jump_table_of(&way->clues, jump, &switching->table))
        return;
    switching->shape = way->here.shape;
    way->switch_count++;
}

/* The smaller, the earlier: the nearest below the goal first, then what is above it. */
static uint32_t rank(const struct way *way, uint32_t target)
{
    return target <= way->goal ? way->goal - target : target;
}

/* The entry of the table that comes next. False: none is left. */
static bool next_entry(struct way *way, struct jump_table *table, uint32_t *next)
{
    bool found = false;
    uint32_t target;

    for (uint32_t i = 0; i < table->count && jump_table_entry(way->memory, table, i, &target); i++) {
        bool inside = target - way->first + FUNCTION_LONGEST < 2 * FUNCTION_LONGEST && target < way->end;

        way->memory->work++;
        if (!inside && table->count == JUMP_TABLE_LONGEST) /* it ended before that */
            table->count = i;
        if (!inside || visited(way, target) || (found && rank(way, target) >= rank(way, *next)))
            continue;
        *next = target;
        found = true;
    }
    return found;
}

/* Goes to where a jump table leads. */
static bool turn_by_table(struct way *way)
{
    for (unsigned i = 0; i < way->switch_count; i++) {
        struct switching *switching = &way->switches[i];

        if (next_entry(way, &switching->table, &way->here.address)) {
            way->here.shape = switching->shape;
            return true;
        }
    }
    return false;
}

/* Goes to what is pending. False: there is nothing, or no room for another run. */
static bool turn(struct way *way)
{
    jump_table_forget(&way->clues);
    while (way->run_count < WAY_RUNS) {
        if (way->pending_count > 0) {
            struct junction *junction = nearest_pending(way);

            way->here = *junction;
            remove_pending(way, junction);
        } else if (!turn_by_table(way)) {
            return false;
        }
        if (!visited(way, way->here.address)) {
            start_run(way);
            return true;
        }
    }
    return false;
}

bool way_next(struct way *way, struct instruction *instruction)
{
    struct junction *junction = find_pending(way, way->here.address);

    if (way->steps == 0)
        return false;
    way->steps--;
    if (junction && way->here.address < way->stop) {
        prefer_sure(&way->here.shape, &junction->shape);
        remove_pending(way, junction);
    }
    while (way->here.address >= way->stop || !instruction_read(way->memory, way->here.address, instruction)) {
        if (way->here.address < way->stop) /* no code is there; that counts as visited, too */
            way->runs[way->current].end = way->here.address + 1;
        if (!turn(way))
            return false;
    }
    return true;
}

void way_pass(struct way *way, const struct instruction *instruction)
{
    jump_table_note(&way->clues, instruction);
    way->here.address += instruction->length;
    way->runs[way->current].end = way->here.address;
}

void way_end_run(struct way *way)
{
    way->stop = way->here.address;
}
