/* Where in the guest's memory things are that can be damaged. */
#include "site.h"

#include <stdio.h>
#include <string.h>

#include "../../kmod/host/fail.h"
#include "../../kmod/host/file.h"

#define PAGE 4096u
#define ENTRY_PRESENT 1u
#define ENTRY_FRAME 0xfffff000u
#define TSS_SIZE 104
#define TSS_ESP 56
#define TSS_CS 76
#define TSS_SS 80
#define HANDLER_STACK 2304 /* of its 4 KiB: what is ever used, and a little more */

static const struct elf_symbol *symbol(const struct elf *elf, const char *name)
{
    const struct elf_symbol *found = 0;

    for (unsigned i = 0; i < elf->symbol_count; i++)
        if (elf->symbols[i].section && strcmp(elf->symbols[i].name, name) == 0)
            found = &elf->symbols[i];
    if (!found)
        fail(EXIT_REFUSED, "%s has no %s", elf->path, name);
    return found;
}

static struct range range_of(const struct elf *elf, const char *name)
{
    const struct elf_symbol *found = symbol(elf, name);

    return (struct range){found->address, found->address + found->size};
}

/* Where the linker placed a section of the module: " .bss 0x001242c0 0x5ae8 build/ksg.o" in its map. */
static struct range placed(const char *map, const char *section)
{
    const char *line = map;
    struct range range = {0, 0};

    while (line && range.end == 0) {
        char name[32], object[200];
        unsigned start, size;

        if (sscanf(line, " %31s 0x%x 0x%x %199s", name, &start, &size, object) == 4 && strcmp(name, section) == 0 &&
            strlen(object) > 6 && strcmp(object + strlen(object) - 6, "/ksg.o") == 0)
            range = (struct range){start, start + size};
        line = strchr(line, '\n');
        line = line ? line + 1 : 0;
    }
    if (range.end == 0)
        fail(EXIT_REFUSED, "the map does not say where the module's %s is", section);
    return range;
}

static void find_waits(struct site *site)
{
    for (unsigned i = 0; i < site->elf.symbol_count; i++) {
        const struct elf_symbol *function = &site->elf.symbols[i];

        if (function->type != ELF_FUNC || strncmp(function->name, "uart_", 5) != 0)
            continue;
        if (site->waits.start == 0 || function->address < site->waits.start)
            site->waits.start = function->address;
        if (function->address + function->size > site->waits.end)
            site->waits.end = function->address + function->size;
    }
}

void site_read(struct site *site, const char *kernel)
{
    char path[256];
    size_t size;
    char *map;

    *site = (struct site){0};
    elf_read(&site->elf, kernel);
    snprintf(path, sizeof path, "%s.map", kernel);
    map = file_read(path, &size);
    site->text = placed(map, ".text");
    site->data = placed(map, ".bss");
    free(map);
    site->plan = symbol(&site->elf, "inject_plan")->address;
    site->injector = symbol(&site->elf, "inject_apply")->address;
    site->directory = symbol(&site->elf, "directory")->address;
    site->host_task = symbol(&site->elf, "tss")->address;
    site->idt = range_of(&site->elf, "idt");
    site->threads = range_of(&site->elf, "threads");
    site->boot_thread = range_of(&site->elf, "boot_thread");
    site->table.start = symbol(&site->elf, "ksg_symbol_table")->address;
    find_waits(site);
    for (unsigned i = 0; i < site->elf.section_count; i++) {
        const struct elf_section *section = &site->elf.sections[i];

        if (strcmp(section->name, ".ksg_symbols") == 0)
            site->table.end = section->address + section->size;
        if (strcmp(section->name, ".rodata") == 0)
            site->names = (struct range){section->address, section->address + section->size};
    }
}

uint32_t memory_word32(const uint8_t *memory, uint32_t physical)
{
    uint32_t word;

    memcpy(&word, memory + physical, 4);
    return word;
}

struct plan *site_plan(const struct site *site, uint8_t *memory)
{
    return (struct plan *)(void *)(memory + site->plan);
}

static struct range gdt_entry(const struct site *site, uint32_t selector)
{
    uint32_t start = site->gdt.start + (selector & 0xfff8);

    return (struct range){start, start + 8};
}

void site_find(struct site *site, const struct machine_vm *vm)
{
    const uint8_t *memory = vm->memory;
    uint32_t low, high, esp;

    site->gdt = (struct range){vm->gdt, vm->gdt + vm->gdt_limit + 1};
    site->gate = (struct range){site->idt.start + 64, site->idt.start + 72};
    site->entry = gdt_entry(site, memory_word32(memory, site->gate.start) >> 16);
    low = memory_word32(memory, site->entry.start);
    high = memory_word32(memory, site->entry.start + 4);
    site->task.start = low >> 16 | (high & 0xff) << 16 | (high & 0xff000000);
    site->task.end = site->task.start + TSS_SIZE;
    if (!range_holds(&site->data, site->task.start))
        fail(EXIT_REFUSED, "the double-fault gate does not lead to the module");
    site->segments.start = gdt_entry(site, memory_word32(memory, site->task.start + TSS_CS)).start;
    site->segments.end = gdt_entry(site, memory_word32(memory, site->task.start + TSS_SS)).end;
    esp = memory_word32(memory, site->task.start + TSS_ESP);
    site->handler_stack = (struct range){esp - HANDLER_STACK, esp};
}

static bool is_mapped(const struct site *site, const uint8_t *memory, uint32_t address)
{
    uint32_t table = memory_word32(memory, site->directory + address / DIRECTORY_SPAN * 4);
    uint32_t entry;

    if (!(table & ENTRY_PRESENT) || (table & ENTRY_FRAME) >= MACHINE_MEMORY)
        return false;
    entry = memory_word32(memory, (table & ENTRY_FRAME) + address / PAGE % 1024 * 4);
    return (entry & ENTRY_PRESENT) && (entry & ENTRY_FRAME) == (address & ENTRY_FRAME);
}

static bool is_whole(const struct site *site, const uint8_t *memory, const struct range *range)
{
    for (uint32_t page = range->start & ENTRY_FRAME; page < range->end; page += PAGE)
        if (!is_mapped(site, memory, page))
            return false;
    return true;
}

/* The CPU has put the victim's selector into its TSS. */
bool site_has_begun(const struct site *site, const uint8_t *memory, const uint8_t *before)
{
    return memory_word32(memory, site->task.start) != memory_word32(before, site->task.start);
}

bool site_is_lost(const struct site *site, const uint8_t *memory, const uint8_t *before)
{
    const struct range *ranges[] = {&site->gate, &site->entry, &site->task, &site->segments, &site->text};

    if (site_has_begun(site, memory, before))
        return false;
    for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        uint32_t start = ranges[i]->start;

        if (memcmp(memory + start, before + start, ranges[i]->end - start) != 0 || !is_whole(site, memory, ranges[i]))
            return true;
    }
    return !is_whole(site, memory, &site->data);
}
