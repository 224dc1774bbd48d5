/* What is known about code: the embedded table and the registered modules. */
#include "code.h"

#include "print.h"
#include "registry.h"

#define LOOKUP_WORK 2          /* of finding a function in a table, */
#define PASSED_IN_ONE 16       /* and of passing so many modules and ranges, 1 more: memory.h */
#define LOOKUP_WORK_MOST 0x10000u
#define REGISTERED 0x80000000u /* set in the number of a registered module */

/* The table at last: it can lie in memory that faults, and then all else is there. */
void code_open(struct code *code, const struct symbols_header *table, const struct ksg_module *modules)
{
    code->kernel.group_count = code->kernel.range_count = 0;
    code->modules = modules;
    code->module_count = 0;
    code->lookup_work = 0;
    for (const struct ksg_module *module = modules; module; module = module->next) {
        if (code->module_count == REGISTRY_LONGEST || !registry_module_whole(module))
            break;
        code->module_count++;
        if (code->lookup_work < PASSED_IN_ONE * LOOKUP_WORK_MOST)
            code->lookup_work += 1 + module->range_count % (PASSED_IN_ONE * LOOKUP_WORK_MOST);
    }
    code->lookup_work = LOOKUP_WORK + code->lookup_work / PASSED_IN_ONE;
    for (unsigned i = 0; i < CODE_CACHE; i++)
        code->cache[i].start = code->cache[i].end = 0;
    code->lookups = 0;
    code->withheld = 0;
    code->fit = FIT_ALL;
    code->offset = 0;
    code->memory = 0;
    costly_begin(&code->costly);
    code->table = table;
    code->table_damaged = true;
    code->table_damaged = !symbols_open(&code->kernel, table, UINT32_MAX, true) && !symbols_none(table);
}

void code_fit(struct code *code, struct memory *memory, enum table_fit fit, uint32_t offset)
{
    code->fit = code->kernel.group_count ? fit : FIT_ALL;
    code->offset = offset;
    code->memory = memory;
    if (code->fit == FIT_NOT)
        code->kernel.group_count = code->kernel.range_count = 0;
}

bool code_table_whole(const struct code *code)
{
    struct symbols symbols;

    return symbols_open(&symbols, code->table, UINT32_MAX, true) || symbols_none(code->table);
}

static const struct ksg_range *range_of(const struct ksg_module *module, uint32_t address)
{
    for (unsigned i = 0; i < module->range_count && i < REGISTRY_RANGES; i++)
        if (address - module->ranges[i].start < module->ranges[i].end - module->ranges[i].start)
            return &module->ranges[i];
    return 0;
}

/* A table may know more than the range start to end, or less. */
static void name_function(struct function *function, const struct symbols *symbols, uint32_t address, uint32_t offset,
                          uint32_t start, uint32_t end)
{
    struct symbol symbol;

    if (!symbols_find(symbols, address - offset, &symbol) || symbol.start + offset < start)
        return;
    function->named = true;
    function->start = symbol.start + offset;
    function->end = symbol.end + offset < end ? symbol.end + offset : end;
    function->function = symbol.function + offset;
    function->index = symbol.index;
}

/* The name is of code that is not there. */
static void withhold(struct function *function, uint32_t address)
{
    function->named = false;
    function->withheld = true;
    function->start = address;
    function->end = address + 1;
}

static bool find_in_kernel(const struct code *code, uint32_t address, struct function *function)
{
    uint32_t offset = code->offset;
    struct symbols_range range;

    if (!symbols_range(&code->kernel, address - offset, &range))
        return false;
    function->module_index = range.module;
    name_function(function, &code->kernel, address, offset, range.start + offset, range.end + offset);
    if (code->fit == FIT_EACH && function->named && code->memory &&
        !fit_name(&code->kernel, code->memory, offset, function->index))
        withhold(function, address);
    return true;
}

static bool find_in_modules(const struct code *code, uint32_t address, struct function *function)
{
    const struct ksg_module *module = code->modules;

    for (uint32_t i = 0; i < code->module_count && i < REGISTRY_LONGEST; i++, module = module->next) {
        const struct ksg_range *range = range_of(module, address);
        struct symbols symbols;

        if (!range)
            continue;
        function->module = module;
        function->module_index = i;
        if (module->symbols && registry_symbols_whole(i) && symbols_open(&symbols, module->symbols, UINT32_MAX, false))
            name_function(function, &symbols, address, module->symbols_offset, range->start, range->end);
        return true;
    }
    return false;
}

/* Fills in what holds address, whatever that may be. */
static void find(const struct code *code, uint32_t address, struct function *function)
{
    bool nothing_known = !code->kernel.range_count && !code->module_count;

    function->start = address;
    function->end = address + 1;
    function->named = false;
    function->withheld = false;
    function->module = 0;
    function->framing = FRAMING_NOT_ASKED;
    function->entry_call = 0;
    if (nothing_known)
        function->kind = CODE_UNKNOWN;
    else if (find_in_kernel(code, address, function) || find_in_modules(code, address, function))
        function->kind = CODE_INSIDE;
    else
        function->kind = CODE_OUTSIDE;
}

struct function *code_find(struct code *code, uint32_t address)
{
    struct function *function = code_seen(code, address);

    if (!function) {
        function = code_place(code, address);
        function[1] = function[0]; /* the older one goes */
        find(code, address, function);
        code->lookups++;
        code->withheld += function->withheld;
    }
    return function;
}

enum code_kind code_kind(const struct code *code, uint32_t address)
{
    struct function function;

    find(code, address, &function);
    return function.kind;
}

uint32_t code_end(const struct code *code, uint32_t address)
{
    struct function function;

    find(code, address, &function);
    return function.named ? function.end : 0;
}

struct text code_name(const struct code *code, const struct function *function, uint32_t address, uint32_t *offset,
                      char room[SYMBOLS_NAME_LONGEST])
{
    struct symbols opened;
    const struct symbols *symbols = &code->kernel;
    struct symbol symbol = {function->start, function->end, function->function, function->index, 0};
    uint32_t moved = code->offset;

    *offset = 0;
    if (!function->named)
        return (struct text){0, 0};
    if (function->module) {
        moved = function->module->symbols_offset;
        symbols = &opened;
        if (!symbols_open(&opened, function->module->symbols, UINT32_MAX, false))
            return (struct text){0, 0};
    }
    symbol.start -= moved;
    symbol.end -= moved;
    symbol.function -= moved;
    return symbols_name(symbols, &symbol, address - moved, offset, room);
}

uint32_t code_module(const struct function *function)
{
    if (function->kind != CODE_INSIDE)
        return CODE_NO_MODULE;
    return function->module ? function->module_index | REGISTERED : function->module_index;
}

struct text code_module_name(const struct code *code, uint32_t module, uint32_t *start)
{
    const struct ksg_module *registered = code->modules;

    *start = 0;
    if (module == CODE_NO_MODULE)
        return (struct text){0, 0};
    if (!(module & REGISTERED)) {
        for (uint32_t i = code->kernel.range_count; i-- > 0;)
            if (code->kernel.ranges[i].module == module)
                *start = code->kernel.ranges[i].start + code->offset;
        return symbols_module(&code->kernel, module);
    }
    for (uint32_t i = 0; i < (module & ~REGISTERED); i++)
        registered = registered->next;
    *start = registered->ranges[0].start;
    return print_c_string(registered->name);
}
