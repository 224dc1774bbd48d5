/* The embedded symbol table, at the place where the second link would bring it: whole, damaged, and changed meanwhile. */
#include "hog.h"

#include <stddef.h>

#include "crc.h"
#include "fit.h"

/* In place of the weak and empty one: room that can be written. */
__asm__(".pushsection .data\n"
        ".balign 4\n"
        ".globl ksg_symbol_table\n"
        "ksg_symbol_table: .zero 65536\n"
        ".popsection");

static struct symbols_header *table;

/* thread called outer, which stands there; nothing is registered but the stack. */
static void begin_embedded(void)
{
    begin_crash();
    ksg_remove_module(&crashed.kernel);
    table = (struct symbols_header *)(uintptr_t)&ksg_symbol_table;
    memcpy(table, symbol_table(), symbol_table()->size);
    enter_outer();
    crash_at("outer_middle");
    crashed.crash.cr2 = 0;
}

static void spoil_table(struct scene *scene)
{
    (void)scene;
    ((uint8_t *)table)[table->size - 1] ^= 1;
}

/* No code has them. */
static void spoil_sums(void)
{
    uint32_t *starts = (uint32_t *)(table + 1);
    struct symbols_group *groups = (struct symbols_group *)(starts + table->group_count);

    for (uint32_t i = 0; i < table->group_count; i++)
        for (uint32_t place = 0; place < SYMBOLS_GROUP; place++)
            groups[i].sums[place] = FIT_NO_SUM + 1;
    table->crc = crc_bytes(0, &table->group_count, table->size - (uint32_t)offsetof(struct symbols_header, group_count));
}

static void spoil_empty(struct scene *scene)
{
    (void)scene;
    table->version++;
}

int main(void)
{
    begin_embedded();
    report("an embedded table");
    says("kernel!outer+0x%x ran when it happened.", offset_in("outer", "outer_middle"));
    says("  kernel               20   80       2        1");
    says_not("**** lost");

    begin_embedded();
    table->crc ^= 0x10;
    report("a damaged one");
    says("**** lost: symbols: the table is damaged");
    says("0x%x ran when it happened.", at("outer_middle"));
    says_not("has changed");

    begin_embedded();
    crashed.machine.symbols_fit = FIT_NOT;
    report("one of another build");
    crashed.machine.symbols_fit = FIT_EACH;
    says("**** lost: symbols: the table was made from another build than this kernel");
    says("0x%x ran when it happened.", at("outer_middle"));

    begin_embedded();
    spoil_sums();
    report("one whose code is not there");
    says("**** lost: symbols: some, whose code is not as it was linked");
    says("kernel+0x%x ran when it happened.", at("outer_middle") - CODE);

    begin_embedded();
    crashed.call_behind = "eip ";
    crashed.call = spoil_table;
    report("one that is damaged meanwhile");
    says("kernel!outer+0x%x ran when it happened.", offset_in("outer", "outer_middle"));
    says("**** lost: symbols: the table has changed meanwhile");

    begin_embedded();
    memset(table, 0, sizeof *table);
    table->magic = SYMBOLS_MAGIC;
    table->version = SYMBOLS_VERSION;
    report("an empty one");
    says("0x%x ran when it happened.", at("outer_middle"));
    says_not("**** lost");
    crashed.call_behind = "eip ";
    crashed.call = spoil_empty;
    report("an empty one that becomes something else");
    says("**** lost: symbols: the table has changed meanwhile");
    return tap_end();
}
