/* The tables of modules and functions: who used how much of the stack. */
#include "parts.h"

#define MODULE_ROOM 30
#define FUNCTION_ROOM 46
#define MODULES_BYTES_END 25 /* the column behind the bytes */
#define FUNCTIONS_BYTES_END 55
#define PERCENT_WIDTH 5
#define FRAMES_WIDTH 8
#define ENTERED_WIDTH 9
#define FUNCTIONS_MOST 10

/* One of the two tables. */
struct listing {
    const struct usage_table *table;
    enum usage_by by;
    uint32_t bytes_end;
    uint32_t most; /* so many lines; what is left is added up */
};

static void print_name(struct scene *scene, const struct listing *listing, uint32_t key)
{
    struct print *print = &scene->print;
    uint32_t start;

    print_string(print, "  ");
    switch (key) {
    case USAGE_BEFORE:
        print_string(print, "(before the first frame)");
        return;
    case USAGE_GAP:
        print_string(print, "(gap)");
        return;
    case USAGE_REST:
        print_string(print, "(after the last frame)");
        return;
    case USAGE_ENTRY:
        print_string(print, "(entry from user mode)");
        return;
    case USAGE_UNKNOWN:
        print_string(print, listing->by == USAGE_BY_MODULE ? "(no known module)" : "(no known function)");
        return;
    }
    if (listing->by == USAGE_BY_MODULE)
        print_text(print, code_module_name(&scene->code, key, &start), MODULE_ROOM);
    else
        print_function(scene, code_find(&scene->code, key), key, FUNCTION_ROOM);
}

/* The number so that it ends at column end, or right behind a blank where the name is too long for that. */
static void print_bytes(struct print *print, uint32_t bytes, uint32_t end)
{
    uint32_t digits = 1;

    for (uint32_t rest = bytes; rest >= 16; rest /= 16)
        digits++;
    print_string(print, " ");
    print_to_column(print, end - digits);
    print_hex(print, bytes);
}

static void print_usage(struct scene *scene, const struct listing *listing, const struct usage *usage, bool frames)
{
    struct print *print = &scene->print;

    print_bytes(print, usage->bytes, listing->bytes_end);
    print_decimal_right(print, print_percent(usage->bytes, scene->totals.bytes), PERCENT_WIDTH);
    if (frames) {
        print_decimal_right(print, usage->frames, FRAMES_WIDTH);
        print_decimal_right(print, usage->entered, ENTERED_WIDTH);
    }
    print_line_end(print);
}

static void add(struct usage *sum, const struct usage *usage)
{
    sum->bytes += usage->bytes;
    sum->frames += usage->frames;
    sum->entered += usage->entered;
}

static void print_header(struct print *print, const struct listing *listing, const char *title)
{
    print_string(print, title);
    print_to_column(print, listing->bytes_end - 5);
    print_string(print, "bytes    %  frames  entered");
    print_line_end(print);
}

static void print_listing(struct scene *scene, const struct listing *listing, const char *title)
{
    struct print *print = &scene->print;
    const struct usage_table *table = listing->table;
    struct usage all = {0, 0, 0, 0};
    struct usage rest = table->others;
    uint32_t left_out = table->other_count;

    print_header(print, listing, title);
    for (uint32_t i = 0; i < usage_count(table); i++) {
        const struct usage *usage = &table->entries[i];

        add(&all, usage);
        if (i >= listing->most) {
            add(&rest, usage);
            left_out++;
            continue;
        }
        print_name(scene, listing, usage->key);
        print_usage(scene, listing, usage, usage->key < USAGE_BEFORE || usage->key == USAGE_UNKNOWN);
    }
    add(&all, &table->others);
    if (left_out || table->cut) {
        print_string(print, table->cut ? "  (more than " : "  (");
        print_decimal(print, left_out);
        print_string(print, " more)");
        print_usage(scene, listing, &rest, true);
    }
    print_string(print, "  all");
    print_usage(scene, listing, &all, true);
    print_line_end(print);
}

void part_modules(struct scene *scene)
{
    struct listing listing = {&scene->modules, USAGE_BY_MODULE, MODULES_BYTES_END, USAGE_ENTRIES};

    if (scene->walked)
        print_listing(scene, &listing, "used by module");
}

void part_functions(struct scene *scene)
{
    struct listing listing = {&scene->functions, USAGE_BY_FUNCTION, FUNCTIONS_BYTES_END, FUNCTIONS_MOST};

    if (scene->walked)
        print_listing(scene, &listing, "used by function");
}
