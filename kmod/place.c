/* Names for addresses: module!function+offset, as far as they are known. */
#include "parts.h"

#define OFFSET_LONGEST 11 /* "+0x" and eight digits */

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
    print_long_name(print, names->function, end > print->column ? end - print->column : 0);
}

/* --- the last names, as they were printed: rows repeat the same few, and spelling one out takes long --- */

static struct spelt *spelt_of(struct scene *scene, const struct function *function)
{
    return &scene->spelt[(function->start >> 4 ^ function->start >> 8) % SPELT];
}

static uint32_t turned(uint32_t word)
{
    return word << 1 | word >> 31;
}

/* A name that was overwritten is not printed. */
static uint32_t check_of(const struct spelt *spelt)
{
    uint32_t check = turned(turned(spelt->start) ^ spelt->base) ^ spelt->length;

    for (uint32_t i = 0; i < SPELT_WORDS && i * 4 < spelt->length; i++)
        check = turned(check) ^ spelt->text[i];
    return check;
}

void place_begin(struct scene *scene)
{
    for (unsigned i = 0; i < SPELT; i++)
        scene->spelt[i].check = ~check_of(&scene->spelt[i]);
}

static void keep(struct spelt *spelt, const struct function *function, uint32_t base, struct text text)
{
    spelt->start = function->start;
    spelt->base = base;
    spelt->length = text.length;
    spelt->text[(text.length - 1) / 4] = 0; /* what is behind the last character */
    __builtin_memcpy(spelt->text, text.characters, text.length);
    spelt->check = check_of(spelt);
}

static bool kept(const struct spelt *spelt, const struct function *function, uint32_t room)
{
    return function->named && spelt->start == function->start && spelt->length <= SPELT_LONGEST &&
           spelt->length + OFFSET_LONGEST <= room && spelt->check == check_of(spelt);
}

/* --- */

static void spell_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    struct print *print = &scene->print;
    struct text text = {print->line + print->column, 0};
    uint32_t for_offset = 4; /* "+0x" and a digit */
    struct names names;

    find_names(scene, function, address, &names);
    for (uint32_t rest = names.offset; rest >= 16; rest /= 16)
        for_offset++;
    print_names(print, &names, room > for_offset ? room - for_offset : 0);
    text.length = (uint32_t)(print->line + print->column - text.characters);
    if (names.function.length && text.length == names.module.length + 1 + names.function.length &&
        text.length <= SPELT_LONGEST)
        keep(spelt_of(scene, function), function, address - names.offset, text);
    print_string(print, names.module.length || names.function.length ? "+0x" : "0x");
    print_hex(print, names.offset);
}

void print_place(struct scene *scene, const struct function *function, uint32_t address, uint32_t room)
{
    const struct spelt *spelt = spelt_of(scene, function);

    if (!kept(spelt, function, room)) {
        spell_place(scene, function, address, room);
        return;
    }
    print_words(&scene->print, spelt->text, spelt->length);
    print_string(&scene->print, "+0x");
    print_hex(&scene->print, address - spelt->base);
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
