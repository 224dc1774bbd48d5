/* Names for addresses: module!function+offset, as far as they are known. */
#include "parts.h"

#define OFFSET_ROOM 11 /* "+0x" and eight digits */

/* module!function, module or nothing. Returns what is left of the address behind it. */
static uint32_t print_names(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct print *print = &scene->print;
    char spelt[SYMBOLS_NAME_LONGEST];
    uint32_t offset, start;
    struct text name = code_name(&scene->code, function, address, &offset, spelt);
    struct text module = code_module_name(&scene->code, code_module(function), &start);
    uint32_t end = print->column + room;

    print_text(print, module, room / 2);
    if (module.length && name.length)
        print_string(print, "!");
    if (name.length) {
        print_text(print, name, end > print->column ? end - print->column : 0);
        return offset;
    }
    return module.length ? address - start : address;
}

void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct print *print = &scene->print;
    uint32_t column = print->column;
    uint32_t offset = print_names(scene, function, address, room > OFFSET_ROOM ? room - OFFSET_ROOM : 0);

    print_string(print, print->column > column ? "+0x" : "0x");
    print_hex(print, offset);
}

void print_function(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    if (function->named)
        print_names(scene, function, address, room);
    else
        print_place(scene, function, address, room);
}
