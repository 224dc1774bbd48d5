/* Reads the crash: its stack, its code and its modules with their symbols. */
#include "stackhog.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "../../kmod/host/fail.h"
#include "../../kmod/host/table.h"

#define MODULES 8
#define NAME_SIZE 64

/* Calls take for each line of the file that is no comment. */
static void read_lines(const char *folder, const char *name, void (*take)(struct stackhog *, const char *line),
                       struct stackhog *stackhog)
{
    char path[512], line[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "r");
    if (!file)
        fail(EXIT_REFUSED, "%s cannot be read", path);
    while (fgets(line, sizeof line, file))
        if (*line != '#')
            take(stackhog, line);
    fclose(file);
}

static void expect(bool condition, const char *line)
{
    if (!condition)
        fail(EXIT_REFUSED, "a line that is not understood: %s", line);
}

static void take_word(struct stackhog *stackhog, const char *line)
{
    uint32_t address, value, index;

    expect(sscanf(line, "%" SCNx32 " %" SCNx32, &address, &value) == 2, line);
    index = (address - STACKHOG_LIMIT) / 4;
    expect(index < STACKHOG_WORDS && !(address & 3), line);
    stackhog->stack[index] = value;
    stackhog->known[index] = true;
}

static void take_code(struct stackhog *stackhog, const char *line)
{
    uint32_t address;
    char digits[2 * 15 + 1];
    unsigned size;
    uint8_t *bytes;

    expect(sscanf(line, "%" SCNx32 " %30s", &address, digits) == 2, line);
    size = (unsigned)strlen(digits) / 2;
    bytes = pieces_add(&stackhog->pieces, address, size);
    for (unsigned i = 0; i < size; i++)
        expect(sscanf(digits + 2 * i, "%2" SCNx8, &bytes[i]) == 1, line);
}

/* --- modules and symbols: one table serves all modules --- */

static struct table *table;
static struct ksg_range ranges[MODULES];
static struct ksg_module modules[MODULES];
static char module_names[MODULES][NAME_SIZE];
static unsigned module_count;

static void take_module(struct stackhog *stackhog, const char *line)
{
    struct ksg_range *range = &ranges[module_count];
    char *name = module_names[module_count];

    (void)stackhog;
    expect(module_count < MODULES && sscanf(line, "%x %x %63s", &range->start, &range->end, name) == 3, line);
    modules[module_count].name = name;
    modules[module_count].ranges = range;
    modules[module_count].range_count = 1;
    module_count++;
    table_range(table, range->start, range->end, table_module(table, name));
}

/* The functions so far, for the pieces that the linker had moved away from them. */
static struct {
    char name[NAME_SIZE];
    unsigned symbol;
} functions[64];
static unsigned function_count;

static unsigned function_of(const char *name, const char *line)
{
    unsigned i = 0;

    while (i < function_count && strcmp(functions[i].name, name) != 0)
        i++;
    expect(i < function_count, line);
    return functions[i].symbol;
}

static void take_symbol(struct stackhog *stackhog, const char *line)
{
    uint32_t address, offset;
    char name[NAME_SIZE];
    unsigned symbol;
    int parts = sscanf(line, "%" SCNx32 " %*[^!]!%63[^+\n]+%" SCNx32, &address, name, &offset);

    (void)stackhog;
    expect(parts >= 2 && function_count < sizeof functions / sizeof functions[0], line);
    symbol = table_symbol(table, address, name);
    if (parts == 3) {
        table_piece(table, symbol, function_of(name, line), offset);
        return;
    }
    memcpy(functions[function_count].name, name, sizeof name);
    functions[function_count++].symbol = symbol;
}

static void register_modules(void)
{
    uint32_t size;
    void *symbols = table_build(table, &size);

    if (!symbols)
        fail(EXIT_REFUSED, "the symbol table: %s", table_error(table));
    for (unsigned i = 0; i < module_count; i++) {
        modules[i].symbols = symbols;
        if (ksg_add_module(&modules[i]) != KSG_OK)
            fail(EXIT_REFUSED, "the module %s is refused", modules[i].name);
    }
}

/* --- the machine --- */

static void write_line(struct machine *machine, const char *text, uint32_t count)
{
    (void)machine;
    fwrite(text, 1, count, stdout);
}

/* Nothing faults here: memory.find tells what is there. */
static bool guard(struct machine *machine, void (*part)(void *), void *argument, struct fault *fault)
{
    (void)machine;
    (void)fault;
    part(argument);
    return true;
}

static uint32_t stack_used(struct machine *machine, uint32_t *size)
{
    (void)machine;
    *size = 0x1000;
    return 0;
}

void stackhog_load(struct stackhog *stackhog, const char *folder)
{
    static struct ksg_stack stack = {.name = "StackHog.exe", .limit = STACKHOG_LIMIT, .base = STACKHOG_BASE};

    memset(stackhog, 0, sizeof *stackhog);
    stackhog->stack = (uint32_t *)(void *)pieces_add(&stackhog->pieces, STACKHOG_LIMIT, STACKHOG_BASE - STACKHOG_LIMIT);
    read_lines(folder, "stackhog.stack", take_word, stackhog);
    read_lines(folder, "stackhog.code", take_code, stackhog);
    table = table_new();
    read_lines(folder, "stackhog.modules", take_module, stackhog);
    read_lines(folder, "stackhog.symbols", take_symbol, stackhog);
    register_modules();
    if (ksg_add_stack(&stack) != KSG_OK)
        fail(EXIT_REFUSED, "the stack is refused");

    stackhog->machine.memory.find = pieces_find;
    stackhog->machine.memory.context = &stackhog->pieces;
    stackhog->machine.write = write_line;
    stackhog->machine.guard = guard;
    stackhog->machine.stack_used = stack_used;

    stackhog->crash.kind = CRASH_DOUBLE_FAULT;
    stackhog->crash.registers_known = true;
    stackhog->crash.cs = 8;
    stackhog->crash.eip = 0x8081df65;
    stackhog->crash.ebp = 0xb8ae6100;
    stackhog->crash.esp = 0xb8ae60ec;
}

void stackhog_forget_start(struct stackhog *stackhog)
{
    stackhog->crash.eip = 0;
    stackhog->crash.eip_unknown = true;
    stackhog->crash.ebp = 0;
    stackhog->crash.esp = STACKHOG_LIMIT;
}
