/* The rows, as WinDbg's kf prints them, and why they end. */
#include "parts.h"

#define MEMORY_WIDTH 8
#define NAME_COLUMN 27
#define REMARK_COLUMN 64

static uint32_t length_of(const char *string)
{
    uint32_t length = 0;

    while (string[length])
        length++;
    return length;
}

void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct print *print = &scene->print;
    char name_room[SYMBOLS_NAME_LONGEST];
    uint32_t offset, start;
    struct text name = code_name(&scene->code, function, address, &offset, name_room);
    struct text module = code_module_name(&scene->code, code_module(function), &start);
    uint32_t end = print->column + room;
    uint32_t for_offset = 11; /* "+0x" and eight digits at most */

    if (module.length) {
        print_text(print, module, room / 2);
        if (name.length)
            print_string(print, "!");
        else
            offset = address - start;
    }
    if (name.length)
        print_text(print, name, end > print->column + for_offset ? end - print->column - for_offset : 0);
    if (name.length || module.length)
        print_string(print, "+");
    else
        offset = address;
    print_string(print, "0x");
    print_hex(print, offset);
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
        return "recovered";
    case TRUST_GUESS:
        return "guess";
    }
    return "";
}

static void print_numbers(struct print *print, const struct row *row)
{
    bool has_bytes = row->kind != ROW_USER && row->kind != ROW_LOST;
    bool has_record = row->kind != ROW_LOST && row->kind != ROW_REST;

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

static void print_row(struct scene *scene, const struct row *row)
{
    struct print *print = &scene->print;
    const char *remark = remark_of(row);
    uint32_t room = PRINT_COLUMNS - NAME_COLUMN - (*remark ? length_of(remark) + 1 : 0);

    if (row->kind == ROW_SWITCH) {
        print_switch(print, row->stack);
        print_line_end(print);
        return;
    }
    print_numbers(print, row);
    print_to_column(print, NAME_COLUMN);
    if (row->function)
        print_place(scene, row->function, row->pc, room);
    else if (row->kind == ROW_BEFORE)
        print_string(print, "(before the first frame)");
    else if (row->kind == ROW_GAP)
        print_string(print, "(gap)");
    else
        print_string(print, "(from the last frame to the base)");
    if (*remark) {
        print_to_column(print, REMARK_COLUMN);
        if (print->column > REMARK_COLUMN)
            print_string(print, " ");
        print_string(print, remark);
    }
    print_line_end(print);
}

static const char *end_text(enum walk_end end)
{
    switch (end) {
    case WALK_BASE:
        return "at the base";
    case WALK_USER:
        return "in user mode";
    case WALK_ZERO:
        return "at a zero ebp";
    case WALK_ODD:
        return "at an ebp that is no multiple of 4";
    case WALK_DOWN:
        return "at an ebp that does not lead upward";
    case WALK_OFF:
        return "at an ebp outside the stack";
    case WALK_UNREADABLE:
        return "at a record that cannot be read";
    case WALK_NO_CODE:
        return "at a return address that no call left";
    case WALK_BUDGET:
        return "after more frames than the stack has words";
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

void part_rows(struct scene *scene)
{
    static struct walk walk;
    struct print *print = &scene->print;
    struct row row;
    uint32_t bytes = 0;

    if (!scene->walked)
        return;
    print_string(print, "  Memory ChildEBP RetAddr");
    print_line_end(print);
    walk_begin(&walk, &scene->start);
    while (walk_next(&walk, &row)) {
        bytes += row.bytes;
        print_row(scene, &row);
    }
    print_string(print, "  walk ended ");
    print_string(print, end_text(walk.end));
    if (ebp_broke(walk.end)) {
        print_string(print, " (");
        print_hex8(print, walk.ebp);
        print_string(print, ")");
    }
    print_string(print, "; ");
    print_hex(print, bytes);
    print_string(print, " in all");
    print_line_end(print);
    print_line_end(print);
}
