/* ksgsym: makes a kernel's symbol table, and checks it. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "allocate.h"
#include "check.h"
#include "demangle.h"
#include "elf.h"
#include "fail.h"
#include "file.h"
#include "functions.h"
#include "map.h"
#include "modules.h"
#include "object.h"
#include "stamp.h"
#include "table.h"

static const char usage[] =
    "usage: ksgsym [--map FILE] [--name NAME] [--demangle[=PROGRAM]] [--raw] -o OUT KERNEL [MODULE=WHAT ...]\n"
    "       ksgsym --check [--demangle[=PROGRAM]] [--image FILE] KERNEL\n"
    "\n"
    "Makes the symbol table of a linked 32-bit kernel (an ELF file), to be linked in the second time.\n"
    "\n"
    "  -o OUT       what to write: an object file that defines ksg_symbol_table\n"
    "  --raw        write the bare table instead: for struct ksg_module's symbols, of a module loaded at run time\n"
    "  --map FILE   the map that GNU ld, gold or ld.lld wrote (-Map) at the same link\n"
    "  --name NAME  the module that code without another belongs to; else it is KERNEL's name up to its first dot\n"
    "  MODULE=PATH  the code of PATH, an object file, an archive, a member of one, libx.a(y.o), or a folder of them,\n"
    "               belongs to MODULE; of several that fit, the longest path counts. One MODULE may be given several.\n"
    "               Needs --map\n"
    "  MODULE=PATTERN  the functions whose names fit belong to MODULE, wherever they come from; of several that fit,\n"
    "               the longest pattern counts. A pattern has a star, which stands for any text, and no slash: 'fs_*'.\n"
    "               For builds with -flto, whose code is of no object that can be named\n"
    "  --demangle   C++'s and Rust's names as people write them, without parameters and hashes, by c++filt or\n"
    "               llvm-cxxfilt, whichever there is, or by PROGRAM\n"
    "  --check      does KERNEL, linked with its table, still have every function where the table says? And does the\n"
    "               table get into memory, and stay there? With --demangle if the table was made with it\n"
    "  --image FILE KERNEL as a flat file (objcopy -O binary), which is loaded instead: does it have the table?\n"
    "\n"
    "Exit status: 0, done; 1, a file is not as it has to be, or cannot be read or written; 2, a wrong command line.\n";

const char program_name[] = "ksgsym";

struct command {
    const char *map, *name, *output, *kernel, *image;
    const char *demangler; /* "": the usual one; 0: none */
    bool raw, check;
    struct modules modules;
};

static const char *option_value(char **arguments, int *at)
{
    const char *option = arguments[*at];

    if (!arguments[*at + 1])
        fail(EXIT_WRONG_COMMAND, "%s needs something behind it; --help tells more", option);
    return arguments[++*at];
}

static void check_command(const struct command *command)
{
    if (!command->kernel)
        fail(EXIT_WRONG_COMMAND, "which kernel? --help tells more");
    if (command->check && (command->map || command->name || command->output || command->raw || command->modules.count))
        fail(EXIT_WRONG_COMMAND, "--check takes a kernel, --demangle and --image, and nothing else; --help tells more");
    if (command->image && !command->check)
        fail(EXIT_WRONG_COMMAND, "--image is for --check; --help tells more");
    if (!command->check && !command->output)
        fail(EXIT_WRONG_COMMAND, "where to? -o is missing; --help tells more");
    if (!command->check && (file_is(command->output, command->kernel) ||
                            (command->map && file_is(command->output, command->map))))
        fail(EXIT_WRONG_COMMAND, "-o %s would overwrite what is to be read; --help tells more", command->output);
    for (unsigned i = 0; i < command->modules.count && !command->map; i++)
        if (!command->modules.rules[i].is_pattern)
            fail(EXIT_WRONG_COMMAND, "only a map tells which code is %s's: --map is missing; --help tells more",
                 command->modules.rules[i].module);
}

static void read_command(struct command *command, char **arguments)
{
    for (int i = 1; arguments[i]; i++) {
        char *argument = arguments[i];

        if (strcmp(argument, "--help") == 0) {
            fputs(usage, stdout);
            exit(printed(0));
        } else if (strcmp(argument, "--map") == 0) {
            command->map = option_value(arguments, &i);
        } else if (strcmp(argument, "--name") == 0) {
            command->name = option_value(arguments, &i);
        } else if (strcmp(argument, "-o") == 0) {
            command->output = option_value(arguments, &i);
        } else if (strcmp(argument, "--raw") == 0) {
            command->raw = true;
        } else if (strcmp(argument, "--demangle") == 0) {
            command->demangler = "";
        } else if (strncmp(argument, "--demangle=", strlen("--demangle=")) == 0) {
            command->demangler = argument + strlen("--demangle=");
            if (!*command->demangler)
                fail(EXIT_WRONG_COMMAND, "--demangle= needs a program behind it; --help tells more");
        } else if (strcmp(argument, "--image") == 0) {
            command->image = option_value(arguments, &i);
        } else if (strcmp(argument, "--check") == 0) {
            command->check = true;
        } else if (argument[0] == '-') {
            fail(EXIT_WRONG_COMMAND, "there is no option %s; --help tells more", argument);
        } else if (!command->kernel) {
            command->kernel = argument;
        } else if (!modules_add(&command->modules, argument)) {
            fail(EXIT_WRONG_COMMAND, "%s is not of the form MODULE=PATH or MODULE=PATTERN; --help tells more", argument);
        }
    }
    check_command(command);
}

/* build/kernel.elf.first: kernel. */
static char *own_name(const struct command *command)
{
    const char *given = command->name ? command->name : command->kernel;
    const char *slash = command->name ? 0 : strrchr(given, '/');
    const char *start = slash ? slash + 1 : given;
    size_t length = command->name || start[0] == '.' ? strlen(start) : strcspn(start, ".");
    char *name = allocate(0, length + 1, 1);

    memcpy(name, start, length);
    name[length] = 0;
    return name;
}

/* An input section that the linker script put among the code, and that holds no function. */
static bool is_data(const struct map_part *part, const struct functions *functions)
{
    static const char *const data[] = {".rodata", ".data", ".bss", "COMMON", ".eh_frame", ".note", ".got", ".comment"};
    bool named_data = false;

    for (unsigned i = 0; i < sizeof data / sizeof data[0]; i++)
        named_data |= strncmp(part->section, data[i], strlen(data[i])) == 0;
    if (!named_data)
        return false;
    for (unsigned i = functions_from(functions, part->start); i < functions->count; i++) {
        if (functions->symbols[i]->address >= part->end)
            break;
        if (functions->symbols[i]->type == ELF_FUNC)
            return false;
    }
    return true;
}

/* Of each function the module of the pattern that its name fits, or 0; of a cold piece its function's. */
static const char **owners_of(const struct functions *functions, const struct elf *elf, const struct map *map,
                              struct modules *modules)
{
    const char **owners = allocate(0, functions->count, sizeof *owners);

    for (unsigned i = 0; i < functions->count; i++) {
        unsigned parent = functions_parent(functions, elf, map, functions->symbols[i]);

        owners[i] = modules_of_function(modules, functions->symbols[parent < functions->count ? parent : i]->name);
    }
    return owners;
}

/* Where a function that a pattern gave away ends: where the next begins, or before that. */
static uint32_t owned_end(const struct functions *functions, unsigned i, uint32_t range_end)
{
    uint32_t next = i + 1 < functions->count ? functions->symbols[i + 1]->address : range_end;
    uint32_t end = functions->ends[i];

    if (next > range_end)
        next = range_end;
    return end == 0 || end > next ? next : end;
}

/* A range of code of one module, but for the functions in it that patterns gave to others. */
static void add_range(struct table *table, uint32_t start, uint32_t end, const char *module,
                      const struct functions *functions, const char *const *owners)
{
    for (unsigned i = functions_from(functions, start); i < functions->count; i++) {
        uint32_t address = functions->symbols[i]->address;

        if (address >= end)
            break;
        if (!owners[i] || address < start)
            continue;
        if (start < address)
            table_range(table, start, address, table_module(table, module));
        start = owned_end(functions, i, end);
        table_range(table, address, start, table_module(table, owners[i]));
    }
    if (start < end)
        table_range(table, start, end, table_module(table, module));
}

/* Each section of code is a range of the kernel's own module. */
static void add_sections(struct table *table, const struct elf *elf, const struct functions *functions,
                         const char *const *owners, const char *own)
{
    for (unsigned i = 1; i < elf->section_count; i++) {
        const struct elf_section *section = &elf->sections[i];

        if (elf_is_code(section))
            add_range(table, section->address, section->address + section->size, own, functions, owners);
    }
}

/* Neighbours of one module are one range, with the fill between them. */
static void add_parts(struct table *table, const struct map *map, const struct functions *functions,
                      const char *const *owners, struct modules *modules, const char *own)
{
    const struct map_part *last = 0; /* that the open range ends with */
    uint32_t start = 0;
    const char *module = own;

    for (unsigned i = 0; i < map->part_count; i++) {
        const struct map_part *part = &map->parts[i];
        bool data = is_data(part, functions);
        const char *next = data ? module : modules_of(modules, part->object, own);

        table_boundary(table, part->start);
        if (last && (data || strcmp(next, module) != 0 || part->output != last->output)) {
            add_range(table, start, last->end, module, functions, owners);
            last = 0;
        }
        if (data)
            continue;
        if (!last)
            start = part->start;
        module = next;
        last = part;
    }
    if (last)
        add_range(table, start, last->end, module, functions, owners);
}

/* Labels among data are left out. */
static bool is_in_code(const struct elf_symbol *symbol, const struct map *map, const struct functions *functions)
{
    const struct map_part *part;

    if (!map)
        return true;
    part = map_part_at(map, symbol->address);
    if (!part && symbol->type == ELF_FUNC)
        fail(EXIT_REFUSED, "%s knows nothing at %08" PRIx32 ", where %s is", map->path, symbol->address, symbol->name);
    return part && !is_data(part, functions);
}

static void add_functions(struct table *table, const struct functions *functions, const struct elf *elf,
                          const struct map *map)
{
    unsigned *numbers = allocate(0, functions->count, sizeof *numbers);
    bool *added = allocate(0, functions->count, sizeof *added);

    for (unsigned i = 0; i < functions->count; i++) {
        const struct elf_symbol *symbol = functions->symbols[i];

        added[i] = is_in_code(symbol, map, functions);
        if (!added[i])
            continue;
        numbers[i] = table_symbol(table, symbol->address, symbol->shown);
        table_end(table, numbers[i], functions->ends[i]);
    }
    for (unsigned i = 0; i < functions->count; i++) {
        unsigned parent = functions_parent(functions, elf, map, functions->symbols[i]);

        if (added[i] && parent < functions->count && added[parent])
            table_piece(table, numbers[i], numbers[parent], PIECE_OWN_NAME);
    }
    free(numbers);
    free(added);
}

static void write_table(const struct command *command, void *table, uint32_t table_size)
{
    size_t size = table_size;
    void *object;

    if (table_size > SYMBOLS_SIZE_MOST)
        fail(EXIT_REFUSED,
             "the table of %s has %" PRIu32 " bytes, and a kernel takes one of %u at most: make it of a copy with fewer"
             " symbols, strip -x leaves the local ones out",
             command->kernel, table_size, SYMBOLS_SIZE_MOST);
    object = command->raw ? 0 : object_build(table, table_size, &size);

    file_write(command->output, object ? object : table, size);
    free(object);
    free(table);
}

static void make_table(struct command *command)
{
    struct table *table = table_new();
    char *own = own_name(command);
    struct demangled demangled = {0};
    struct functions functions;
    const char **owners;
    struct elf elf;
    struct map map;
    const struct map *map_or_none = command->map ? &map : 0;
    uint32_t size;
    void *built;

    elf_read(&elf, command->kernel);
    if (command->demangler)
        demangle(&demangled, &elf, command->demangler);
    if (command->map)
        map_read(&map, command->map, &elf);
    functions_find(&functions, &elf, map_or_none);
    if (functions.count == 0)
        fail(EXIT_REFUSED, "%s has symbols, but no function or label of its code is among them", command->kernel);
    owners = owners_of(&functions, &elf, map_or_none, &command->modules);
    if (command->map)
        add_parts(table, &map, &functions, owners, &command->modules, own);
    else
        add_sections(table, &elf, &functions, owners, own);
    add_functions(table, &functions, &elf, map_or_none);
    built = table_build(table, &size);
    if (!built)
        fail(EXIT_REFUSED, "no table can be made of %s: %s", command->kernel, table_error(table));
    stamp_table(built, size, &elf);
    modules_warn(&command->modules, command->kernel);
    write_table(command, built, size);
    functions_free(&functions);
    if (command->map)
        map_free(&map);
    demangle_free(&demangled);
    elf_free(&elf);
    table_free(table);
    free(owners);
    free(own);
}

int main(int count, char **arguments)
{
    struct command command = {0};

    (void)count;
    read_command(&command, arguments);
    if (command.check)
        check_kernel(command.kernel, command.demangler, command.image);
    else
        make_table(&command);
    modules_free(&command.modules);
    return 0;
}
