/* What is known about code: the embedded table and the registered modules, asked as one. */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#include "../../kmod/host/table.h"
#include "registry.h"
#include "tap.h"

static struct code code;

/* kernel: first at 1000, second at 1100, up to 1200. */
static const struct symbols_header *table_at_1000(void)
{
    struct table *table = table_new();
    unsigned module = table_module(table, "kernel");
    const struct symbols_header *built;
    uint32_t size;

    table_range(table, 0x1000, 0x1200, module);
    table_symbol(table, 0x1000, "first");
    table_symbol(table, 0x1100, "second");
    built = table_build(table, &size);
    table_free(table);
    return built;
}

static struct ksg_range ranges[] = {{0x2000, 0x2100}, {0x3000, 0x3080}, {0x5010, 0x5180}};
static struct ksg_module plain = {.name = "plain", .ranges = ranges, .range_count = 2};
static struct ksg_module moved = {.name = "moved", .ranges = &ranges[2], .range_count = 1};

/* "module!function+offset" of what is at address, or as much as is known of it. */
static const char *at(uint32_t address)
{
    static char answer[100];
    char room[SYMBOLS_NAME_LONGEST];
    uint32_t offset, start;
    const struct function *function = code_find(&code, address);
    struct text name = code_name(&code, function, address, &offset, room);
    struct text module = code_module_name(&code, code_module(function), &start);

    if (function->kind != code_kind(&code, address) || address - function->start >= function->end - function->start)
        return "contradicts itself";
    if (function->kind != CODE_INSIDE)
        return function->kind == CODE_OUTSIDE ? "outside" : "unknown";
    if (!name.length)
        offset = address - start;
    snprintf(answer, sizeof answer, "%.*s%s%.*s+%x", (int)module.length, module.characters, name.length ? "!" : "",
             (int)name.length, name.characters, offset);
    return answer;
}

static void expect(const char *name, uint32_t address, const char *expected)
{
    const char *given = at(address);

    if (!ok(strcmp(given, expected) == 0, "%s: %s", name, expected))
        printf("# given: %s\n", given);
}

int main(void)
{
    static const struct symbols_header empty = {.magic = SYMBOLS_MAGIC, .version = SYMBOLS_VERSION};
    const struct symbols_header *table = table_at_1000();

    code_open(&code, &empty, 0);
    expect("nothing known", 0x1000, "unknown");

    moved.symbols = table;
    moved.symbols_offset = 0x4000;
    ok(ksg_add_module(&plain) == KSG_OK && ksg_add_module(&moved) == KSG_OK, "two modules are registered");
    code_open(&code, table, registry_modules());
    expect("the embedded table", 0x10ff, "kernel!first+ff");
    expect("the embedded table", 0x1100, "kernel!second+0");
    expect("beyond its range", 0x1200, "outside");
    expect("a module without symbols: the offset in its first range", 0x2010, "plain+10");
    expect("its second range", 0x3000, "plain+1000");
    expect("beyond that", 0x3080, "outside");
    expect("a module that was loaded elsewhere", 0x5110, "moved!second+10");
    /* Its range begins inside first and ends inside second, which its table does not know. */
    expect("a function that begins outside the module's range has no name", 0x5020, "moved+10");
    expect("and one that ends outside it ends there", 0x517f, "moved!second+7f");
    expect("and one that ends outside it ends there", 0x5180, "outside");
    expect("whatever was asked before", 0x500f, "outside");

    code_open(&code, table, registry_modules());
    code_fit(&code, 0, FIT_EACH, 0x40000000);
    expect("the kernel runs elsewhere", 0x400010ff, "kernel!first+ff");
    expect("its range ends there", 0x40001200, "outside");
    expect("nothing is where it was linked", 0x1100, "outside");
    expect("a module is where it was loaded", 0x5110, "moved!second+10");
    code_open(&code, table, registry_modules());
    code_fit(&code, 0, FIT_NOT, 0);
    expect("a table of another build", 0x1100, "outside");
    expect("the modules are there", 0x5110, "moved!second+10");
    code_open(&code, &empty, 0);
    code_fit(&code, 0, FIT_NOT, 0);
    ok(code.fit == FIT_ALL, "the empty table is no other build's");

    plain.range_count = 1; /* trampled: it and those behind it are lost */
    code_open(&code, table, registry_modules());
    expect("a module that changed since is not asked", 0x2010, "outside");
    expect("the embedded table still is", 0x1100, "kernel!second+0");
    return tap_end();
}
