/* How the embedded symbol table fits the kernel as it lies in memory. */
#include "linked.h"

#include <stddef.h>

#include "crc.h"
#include "facts.h"
#include "fit.h"
#include "peek.h"
#include "registry.h"

#define PAGE 4096u
#define PORTION 128u /* bytes of the table that each call of ksg_verify sums: it may come from a timer */

/* Nobody looks at it for months. */
struct linked {
    int status;
    enum table_fit fit;
    uint32_t offset; /* what the kernel runs above where it was linked */
    uint32_t size, crc; /* the table's, as its header has them */
};

#define WORDS (sizeof(struct linked) / 4)

static struct linked linked;
static uint32_t check = ~0u;

/* How far ksg_verify has got in the table, and the sum so far. */
static uint32_t summed, sum;

static bool whole(void)
{
    return facts_whole((const uint32_t *)&linked, WORDS, check);
}

/* Where ksg_install runs. An absolute address would tell where it was linked, if nobody relocated the kernel that a page
   table or a copy has brought elsewhere. */
static uint32_t install_runs_at(void)
{
    uint32_t address;

    __asm__("call 1f\n"
            "1:\tpopl %0\n\t"
            "addl $ksg_install - 1b, %0"
            : "=r"(address)
            :
            : "memory", "cc");
    return address;
}

/* Can all of it be read? Its checksum is computed without a guard. */
static bool is_readable(uint32_t start, uint32_t size)
{
    uint8_t byte;

    for (uint32_t at = start; at - start < size; at = (at & -PAGE) + PAGE)
        if (peek(&byte, at, 1) != 1)
            return false;
    return true;
}

/* False: there is none, and nothing that is damaged. */
static bool open_table(const struct symbols_header *header, struct symbols *symbols, int *status)
{
    struct symbols_header copy;
    bool there = peek(&copy, (uint32_t)header, sizeof copy) == sizeof copy;

    *status = KSG_OK;
    linked.size = there ? copy.size : 0;
    linked.crc = there ? copy.crc : 0;
    if (there && symbols_none(&copy))
        return false;
    *status = KSG_BAD_SYMBOLS;
    return there && copy.size <= SYMBOLS_SIZE_MOST && is_readable((uint32_t)header, copy.size) &&
           symbols_open(symbols, header, copy.size, true);
}

static int look(uint32_t runs_at)
{
    struct memory memory = {.find = peek_page};
    struct symbols symbols;

    linked = (struct linked){KSG_OK, FIT_EACH, 0, 0, 0};
    summed = 0;
    if (open_table(&ksg_symbol_table, &symbols, &linked.status)) {
        linked.offset = symbols.link ? runs_at - symbols.link : 0;
        linked.fit = fit_find(&symbols, &memory, linked.offset, symbols.link);
        linked.status = linked.fit == FIT_NOT ? KSG_OTHER_BUILD : KSG_OK;
    }
    check = facts_sum((const uint32_t *)&linked, WORDS);
    return linked.status;
}

/* Called by its absolute address: exception.asm knows peek by its own, and page tables may have brought this code elsewhere. */
int linked_look(void)
{
    int (*look_there)(uint32_t runs_at) = look;

    __asm__("" : "+r"(look_there));
    return look_there(install_runs_at());
}

/* The table is not summed at once, but some bytes at each call. False: it is damaged. */
static bool next_portion_whole(void)
{
    uint32_t first = offsetof(struct symbols_header, group_count); /* that the checksum is of */
    uint8_t bytes[PORTION];
    uint32_t count;

    if (summed < first || summed >= linked.size) {
        summed = first;
        sum = 0;
    }
    count = linked.size - summed < PORTION ? linked.size - summed : PORTION;
    if (peek(bytes, (uint32_t)&ksg_symbol_table + summed, count) != count)
        return false;
    sum = crc_bytes(sum, bytes, count);
    summed += count;
    return summed < linked.size || sum == linked.crc;
}

int linked_verify(void)
{
    struct symbols_header header;

    if (!whole())
        return linked_look();
    if (peek(&header, (uint32_t)&ksg_symbol_table, sizeof header) != sizeof header ||
        header.magic != SYMBOLS_MAGIC || header.size != linked.size || header.crc != linked.crc)
        return KSG_BAD_SYMBOLS;
    if (linked.status == KSG_OK && linked.size != 0 && !next_portion_whole())
        return linked_look();
    return linked.status;
}

void linked_tell(struct machine *machine)
{
    bool known = whole();

    machine->symbols_fit = known ? linked.fit : FIT_EACH;
    machine->symbols_offset = known ? linked.offset : 0;
}
