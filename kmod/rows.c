/* The rows, as WinDbg's kf prints them, and why they end. */
#include "fold.h"
#include "parts.h"

#define MEMORY_WIDTH 8
#define NAME_COLUMN 27
#define REMARK_COLUMN 64
#define LINES_MOST 160  /* more than that are not all shown, but these: */
#define LINES_FIRST 40
#define LINES_LAST 20
#define FRAMES_MANY 1000 /* of so many no more lines are shown, however many folding leaves, than: */
#define LINES_OF_MANY 72

static uint32_t length_of(const char *string)
{
    uint32_t length = 0;

    while (string[length])
        length++;
    return length;
}

static const char *remark_of(const struct row *row)
{
    if (row->kind == ROW_USER)
        return "user";
    if (row->kind == ROW_LOST)
        return "no frame found";
    if (row->kind != ROW_FRAME)
        return "";
    switch (row->trust) {
    case TRUST_CHAINED:
        return "";
    case TRUST_FRAMELESS:
        return "frameless";
    case TRUST_TRAP:
        return "trap";
    case TRUST_RECOVERED:
        return row->stub ? "recovered trap" : "recovered";
    case TRUST_GUESS:
        return "guess";
    }
    return "";
}

static void print_numbers(struct print *print, const struct row *row)
{
    bool has_bytes = row->kind != ROW_USER && row->kind != ROW_LOST;
    bool has_record = row->kind != ROW_LOST && row->kind != ROW_REST && row->kind != ROW_ENTRY;

    if (row->kind == ROW_FRAME) {
        print_record(print, row->bytes, row->child_ebp, row->return_address);
        return;
    }
    if (has_bytes)
        print_hex_right(print, row->bytes, MEMORY_WIDTH);
    if (!has_record)
        return;
    print_to_column(print, MEMORY_WIDTH + 1);
    print_hex8(print, row->child_ebp);
    print_string(print, " ");
    print_hex8(print, row->kind == ROW_USER ? 0 : row->return_address);
}

static void print_switch(struct print *print, const struct ksg_stack *stack)
{
    print_string(print, "  on stack \"");
    print_text(print, print_c_string(stack->name), 24);
    print_string(print, "\": limit ");
    print_hex8(print, stack->limit);
    print_string(print, " base ");
    print_hex8(print, stack->base);
}

/* To the right of the row; below it where its name leaves no room. */
static void print_remark(struct print *print, const char *remark)
{
    if (print->column + 1 + length_of(remark) > PRINT_COLUMNS)
        print_line_end(print);
    if (print->column >= REMARK_COLUMN)
        print_string(print, " ");
    print_to_column(print, REMARK_COLUMN);
    print_string(print, remark);
}

static void print_row(struct scene *scene, const struct row *row)
{
    struct print *print = &scene->print;
    const char *remark = remark_of(row);

    if (row->kind == ROW_SWITCH) {
        print_switch(print, row->stack);
        print_line_end(print);
        return;
    }
    print_numbers(print, row);
    print_to_column(print, NAME_COLUMN);
    if (row->function)
        print_place(scene, row->function, row->pc, PRINT_COLUMNS - NAME_COLUMN);
    else if (row->kind == ROW_BEFORE)
        print_string(print, "(before the first frame)");
    else if (row->kind == ROW_GAP)
        print_string(print, "(gap)");
    else if (row->kind == ROW_ENTRY)
        print_string(print, "(entry from user mode)");
    else
        print_string(print, "(from the last frame to the base)");
    if (*remark)
        print_remark(print, remark);
    print_line_end(print);
}

static const char *end_text(const struct walk *walk)
{
    switch (walk->end) {
    case WALK_BASE:
        return "at the base";
    case WALK_USER:
        return "in user mode";
    case WALK_ZERO:
        return "at a zero ebp";
    case WALK_ODD:
        return walk->view.skew ? "at an ebp that is not aligned as its stack is" : "at an ebp that is no multiple of 4";
    case WALK_DOWN:
        return "at an ebp that does not lead upward";
    case WALK_OFF:
        return "at an ebp outside the stack";
    case WALK_UNREADABLE:
        return "at a record that cannot be read";
    case WALK_NO_CODE:
        return "at a return address that no call left";
    case WALK_FIRST:
        return "at a return address of 0";
    case WALK_BUDGET:
        return "where going on would have taken too long";
    case WALK_NOT_ENDED:
        break;
    }
    return "early";
}

/* The value that broke the walk, where it is one of EBP. */
static bool ebp_broke(enum walk_end end)
{
    return end == WALK_ODD || end == WALK_DOWN || end == WALK_OFF || end == WALK_UNREADABLE;
}

/* A line too long by a little is moved to the left, over the blanks that it begins with. */
static void move_left(struct print *print)
{
    uint32_t over = print->column > PRINT_COLUMNS ? print->column - PRINT_COLUMNS : 0;

    if (over > MEMORY_WIDTH)
        return;
    print->column -= over;
    for (uint32_t i = 0; i < print->column; i++)
        print->line[i] = print->line[i + over];
}

/* "... these 2 frames 212 times more: a8 a turn, 8b20 in all, to c021cb38" */
static void print_cycle(struct print *print, const struct cycle *cycle)
{
    uint32_t left_out = cycle->turns - 1;

    print_to_column(print, MEMORY_WIDTH + 1);
    print_string(print, "... ");
    if (cycle->rows == 1) {
        print_string(print, "this frame ");
    } else {
        print_string(print, "these ");
        print_decimal(print, cycle->rows);
        print_string(print, " frames ");
    }
    print_decimal(print, left_out);
    print_string(print, " times more: ");
    print_hex(print, cycle->bytes);
    print_string(print, " a turn, ");
    print_hex(print, left_out * cycle->bytes);
    print_string(print, " in all, to ");
    print_hex8(print, cycle->last);
    move_left(print);
    print_line_end(print);
}

/* What lies between the first and the last rows of a stack with too many. */
struct omitted {
    uint32_t frames;
    uint32_t bytes;
    uint32_t last; /* ChildEBP */
};

static void print_omitted(struct print *print, const struct omitted *omitted)
{
    print_to_column(print, MEMORY_WIDTH + 1);
    print_string(print, "... ");
    print_decimal(print, omitted->frames);
    print_string(print, " frames not shown: ");
    print_hex(print, omitted->bytes);
    print_string(print, " in all, to ");
    print_hex8(print, omitted->last);
    move_left(print);
    print_line_end(print);
}

static void omit(struct omitted *omitted, const struct row *row, const struct cycle *cycle)
{
    omitted->frames += row->kind == ROW_FRAME;
    omitted->bytes += row->bytes;
    if (row->kind == ROW_FRAME)
        omitted->last = row->child_ebp;
    if (cycle->turns == 0)
        return;
    omitted->frames += (cycle->turns - 1) * cycle->frames;
    omitted->bytes += (cycle->turns - 1) * cycle->bytes;
    omitted->last = cycle->last;
}

static void print_end(struct scene *scene, const struct walk *walk)
{
    struct print *print = &scene->print;

    print_string(print, "  walk ended ");
    print_string(print, end_text(walk));
    if (ebp_broke(walk->end)) {
        print_string(print, " (");
        print_hex8(print, walk->ebp);
        print_string(print, ")");
    }
    print_string(print, "; ");
    print_hex(print, scene->totals.bytes);
    print_string(print, " in all");
    print_line_end(print);
    print_line_end(print);
}

void part_rows(struct scene *scene)
{
    static struct fold fold; /* the handler's stack is small */
    static struct row row;
    static struct cycle cycle;
    struct print *print = &scene->print;
    uint32_t lines = scene->folded.lines;
    uint32_t most = scene->totals.frames > FRAMES_MANY ? LINES_OF_MANY : LINES_MOST;
    struct omitted omitted = {0, 0, 0};
    uint32_t line = 0;
    uint32_t frames = 0;

    if (!scene->walked)
        return;
    print_string(print, "  Memory ChildEBP RetAddr");
    print_line_end(print);
    fold_begin(&fold, &scene->start, &scene->folded);
    while (fold_next(&fold, &row, &cycle)) {
        bool shown = lines <= most || line < LINES_FIRST || line + LINES_LAST >= lines;

        line += cycle.turns ? 2 : 1;
        frames += row.kind == ROW_FRAME;
        if (cycle.turns)
            frames += (cycle.turns - 1) * cycle.frames;
        if (!shown) {
            omit(&omitted, &row, &cycle);
            continue;
        }
        if (omitted.bytes)
            print_omitted(print, &omitted);
        omitted.bytes = 0;
        print_row(scene, &row);
        if (cycle.turns)
            print_cycle(print, &cycle);
    }
    print_end(scene, &fold.next);
    if (frames != scene->totals.frames)
        print_lost_facts(scene, "rows");
}
