/* Names for addresses: module!function+offset, as far as they are known. */
#include "parts.h"

/* What is known of an address. */
struct names {
    struct text module, function;
    uint32_t offset; /* what is left of the address behind them */
    char spelt[SYMBOLS_NAME_LONGEST];
};

static void find_names(struct scene *scene, const struct function *function, uint32_t address, struct names *names)
{
    uint32_t start;

    names->function = code_name(&scene->code, function, address, &names->offset, names->spelt);
    names->module = code_module_name(&scene->code, code_module(function), &start);
    if (!names->function.length)
        names->offset = names->module.length ? address - start : address;
}

static void print_names(struct print *print, const struct names *names, uint32_t room)
{
    uint32_t end = print->column + room;

    print_text(print, names->module, names->function.length ? room / 2 : room);
    if (names->module.length && names->function.length)
        print_string(print, "!");
    print_text(print, names->function, end > print->column ? end - print->column : 0);
}

void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct print *print = &scene->print;
    struct names names;
    uint32_t for_offset = 4; /* "+0x" and a digit */

    find_names(scene, function, address, &names);
    for (uint32_t rest = names.offset; rest >= 16; rest /= 16)
        for_offset++;
    print_names(print, &names, room > for_offset ? room - for_offset : 0);
    print_string(print, names.module.length || names.function.length ? "+0x" : "0x");
    print_hex(print, names.offset);
}

void print_function(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct names names;

    if (!function->named) {
        print_place(scene, function, address, room);
        return;
    }
    find_names(scene, function, address, &names);
    print_names(&scene->print, &names, room);
}
