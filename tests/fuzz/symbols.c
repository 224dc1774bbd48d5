/*
 * Target: a symbol table of any bytes. Of a table that was accepted has to hold: nothing outside it is read, an address
 * that was found lies in what was found, a name has SYMBOLS_NAME_LONGEST characters at most; and one whose checksum is
 * wrong is not accepted. The input is a table that ksgsym's own code made, changed, or nothing but bytes.
 */
#include "../../kmod/host/table.h"
#include "crc.h"
#include "fuzz.h"

const char program_name[] = "symbols";

#define TABLES 8
#define ADDRESSES 48 /* asked for, besides the table's own */

static struct symbols symbols;

/* The address sanitizer sees whether it lies in the table. */
static void read_text(struct text text)
{
    if (text.length)
        crc_bytes(0, text.characters, text.length);
}

static void check_address(uint32_t address)
{
    char room[SYMBOLS_NAME_LONGEST];
    struct symbols_range range;
    struct symbol symbol;
    struct text name;
    uint32_t offset;

    if (symbols_range(&symbols, address, &range))
        hold(range.start <= address && address < range.end, "the range holds the address");
    if (!symbols_find(&symbols, address, &symbol))
        return;
    hold(symbol.start <= address && address < symbol.end, "the symbol holds the address");
    name = symbols_name(&symbols, &symbol, address, &offset, room);
    hold(name.length <= SYMBOLS_NAME_LONGEST, "a name has its longest length");
    read_text(name);
    read_text(symbols_module(&symbols, symbol.module));
}

/* One of a few tables as ksgsym makes them, of many modules, symbols and pieces. It stays. */
static const uint8_t *a_table(uint32_t number, uint32_t *size)
{
    static uint8_t *made[TABLES];
    static uint32_t sizes[TABLES];
    uint32_t random = number * 2654435761u | 1;
    uint32_t address = 0x1000;
    struct table *table;

    *size = sizes[number];
    if (made[number])
        return made[number];
    table = table_new();
    for (unsigned modules = 1 + number % 3; modules > 0; modules--) {
        char name[8] = {'m', (char)('0' + modules)};
        unsigned module = table_module(table, name);
        uint32_t start = address;
        unsigned first = 0;

        for (uint32_t i = number * 7; i > 0; i--) {
            char symbol_name[64];
            unsigned symbol;

            random = random * 1664525 + 1013904223;
            snprintf(symbol_name, sizeof symbol_name, "function_%u_of_many", (unsigned)(random >> 26));
            symbol = table_symbol(table, address, symbol_name);
            if (i == number * 7)
                first = symbol;
            else if (random >> 16 & 16)
                table_piece(table, symbol, first, random & 0x10000 ? PIECE_OWN_NAME : i);
            address += 1 + (random >> 20 & 0xff0);
        }
        address += 16;
        table_range(table, start, address, module);
        address += (random >> 16 & 1) * 0x10000;
    }
    made[number] = table_build(table, size);
    if (!made[number]) {
        fprintf(stderr, "the symbol table: %s\n", table_error(table));
        exit(2);
    }
    table_free(table);
    sizes[number] = *size;
    return made[number];
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    uint32_t how = take_byte(&input);
    uint32_t room = 0;
    const uint8_t *made = 0;
    uint8_t *table; /* of just its size: the address sanitizer guards its ends */
    struct symbols_header *header;
    bool accepted;

    if (how & 1)
        made = a_table(take_byte(&input) % TABLES, &room);
    if (!made)
        room = (uint32_t)input.left;
    table = malloc(room + !room);
    if (made)
        memcpy(table, made, room);
    else if (room)
        memcpy(table, input.next, room);
    while (made && room && input.left > 2) { /* changes */
        uint32_t place = take_half(&input) % room;

        table[place] = (uint8_t)take_byte(&input);
    }
    header = (struct symbols_header *)(void *)table;
    if ((how & 2) && room >= sizeof *header) {
        header->magic = SYMBOLS_MAGIC;
        header->version = SYMBOLS_VERSION;
        header->size = room;
    }
    if ((how & 4) && room >= sizeof *header)
        header->crc = crc_bytes(0, (const uint8_t *)&header->group_count, room - 16);
    accepted = symbols_open(&symbols, table, room, true);
    if (accepted)
        hold(header->crc == crc_bytes(0, (const uint8_t *)&header->group_count, header->size - 16),
             "a wrong checksum is noticed");
    accepted = symbols_open(&symbols, table, room, false) || accepted;
    for (uint32_t i = 0; i < ADDRESSES; i++)
        check_address(i * 0x91 + 0x1000);
    for (uint32_t place = 0; accepted && place + 4 <= room && place < 800; place += 4) {
        uint32_t address;

        memcpy(&address, table + place, 4);
        check_address(address);
        check_address(address - 1);
    }
    check_address(0);
    check_address(0xffffffff);
    hold(accepted || (symbols.range_count == 0 && symbols.group_count == 0), "what was refused knows no code");
    free(table);
    return 0;
}
