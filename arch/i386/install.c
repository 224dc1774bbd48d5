/* ksg_install: first everything is looked at, then everything is written. */
#include "install.h"

#include "paint.h"
#include "peek.h"
#include "processor.h"
#include "table.h"
#include "task.h"
#include "words.h"

#define ENTRY_SIZE ((uint32_t)sizeof(struct descriptor))

#define LAST_COM 4u
#define UART_PORTS 8u
#define HIGHEST_PORT 0xffffu
#define BASE_BAUD 115200u
#define LARGEST_DIVISOR 0xffffu

#define PAGE_DIRECTORY_ALIGNMENT 4096u
#define PAE_ALIGNMENT 32u

/* IDTR after a reset, or as real mode leaves it. SDM vol. 3, table 10-1 and 21.1.4. */
#define REAL_MODE_LIMIT 0x3ffu
#define RESET_LIMIT 0xffffu

static int check_line(const struct ksg_config *config)
{
    bool is_com = config->com_port <= LAST_COM;
    bool is_port = config->com_port % UART_PORTS == 0 && config->com_port <= HIGHEST_PORT;

    if (!is_com && !is_port)
        return KSG_BAD_PORT;
    if (config->baud != 0 && (BASE_BAUD % config->baud != 0 || BASE_BAUD / config->baud > LARGEST_DIVISOR))
        return KSG_BAD_BAUD;
    return KSG_OK;
}

static int look_at_idt(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    uint16_t limit = borrow->idt.limit;
    bool real_mode = borrow->idt.base == 0 && (limit == REAL_MODE_LIMIT || limit == RESET_LIMIT);
    const struct cpu *other = shares_idt(cpu, borrow->idt.base);

    if (real_mode || !table_read(&borrow->idt, VECTOR_DF, &cpu->host_gate))
        return KSG_IDT_TOO_SHORT;
    if (other)
        cpu->host_gate = other->host_gate; /* the gate there now is ours */
    cpu->host_idt = borrow->idt;
    return KSG_OK;
}

static int look_at_segments(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    struct descriptor code, data;
    bool flat = table_select(&borrow->gdt, read_cs(), &code) && segment_is_flat_code(code) &&
                table_select(&borrow->gdt, read_ss(), &data) && segment_is_flat_data(data);

    cpu->code_selector = read_cs();
    cpu->data_selector = read_ss();
    return flat ? KSG_OK : KSG_NOT_FLAT;
}

/* The victim is saved in the TSS that TR holds. */
static int look_at_tr(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    struct descriptor entry;
    struct tss tss;

    cpu->host_tr = read_tr();
    if (table_select(&borrow->gdt, cpu->host_tr, &entry) && segment_is_tss(entry)) {
        cpu->host_tss = descriptor_base(entry);
        return peek(&tss, cpu->host_tss, TSS_SIZE) == TSS_SIZE ? KSG_OK : KSG_BAD_TSS;
    }
    cpu->host_task_needed = cpu->host_tr == 0 || (former && cpu->host_tr == former->host_task_selector);
    return cpu->host_task_needed ? KSG_OK : KSG_BAD_TSS;
}

static int look_at_page_directory(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    uint32_t alignment = read_cr4() & CR4_PAE ? PAE_ALIGNMENT : PAGE_DIRECTORY_ALIGNMENT;

    cpu->page_directory = config->page_directory ? config->page_directory : read_cr3();
    return config->page_directory % alignment == 0 ? KSG_OK : KSG_BAD_PAGE_DIRECTORY;
}

static int look_at_entry(const struct borrow *borrow, uint32_t index, struct descriptor *former)
{
    if (!table_read(&borrow->gdt, index, former))
        return KSG_BAD_SELECTOR;
    return descriptor_present(*former) ? KSG_SELECTOR_IN_USE : KSG_OK;
}

/* One way: entries that the host has reserved. */
static int look_at_reserved_entries(struct cpu *cpu, const struct borrow *borrow, uint32_t selector)
{
    uint32_t index = selector / ENTRY_SIZE;
    int status;

    if (index == 0 || selector > SELECTOR_INDEX + SELECTOR_RPL || selector & SELECTOR_LDT)
        return KSG_BAD_SELECTOR;
    for (const struct cpu *other = cpu_first(); other; other = other->next) {
        if (other->installed && other->host_gdt.base == borrow->gdt.base)
            return KSG_CPU_SHARES_GDT;
    }
    cpu->task_selector = (uint16_t)(index * ENTRY_SIZE);
    cpu->host_task_selector = (uint16_t)((index + 1) * ENTRY_SIZE);
    status = look_at_entry(borrow, index, &cpu->host_entries[0]);
    if (status == KSG_OK && cpu->host_task_needed)
        status = look_at_entry(borrow, index + 1, &cpu->host_entries[1]);
    return status;
}

static bool in_ldt_or_below(uint32_t selector, uint32_t size)
{
    return (selector & SELECTOR_LDT) || (selector & SELECTOR_INDEX) < size;
}

/* Do all selectors that are in use name entries among the first size bytes? */
static bool selectors_within(struct cpu *cpu, const struct borrow *borrow, uint32_t size)
{
    const uint16_t in_use[] = {read_cs(), read_ss(), read_ds(), read_es(), read_fs(), read_gs(), read_ldtr(), cpu->host_tr};
    uint32_t gates;

    for (unsigned i = 0; i < sizeof in_use / sizeof in_use[0]; i++) {
        if (!in_ldt_or_below(in_use[i], size))
            return false;
    }
    gates = peek(cpu->idt, borrow->idt.base, sizeof cpu->idt); /* which has no other use before a crash */
    if (gates > borrow->idt.limit + 1u)
        gates = borrow->idt.limit + 1u;
    for (unsigned vector = 0; vector < gates / ENTRY_SIZE; vector++) {
        if (descriptor_present(cpu->idt[vector]) && !in_ldt_or_below(gate_selector(cpu->idt[vector]), size))
            return false;
    }
    return true;
}

/* The other way: a copy of the host's GDT, with room behind it. A GDT that is larger than the copy is cut off when
   nothing beyond is in use: limits of ffffh behind five entries are common. */
static int copy_gdt(struct cpu *cpu, const struct borrow *borrow)
{
    uint32_t size = borrow->gdt.limit + 1u;
    const struct cpu *other = cpu_first();
    uint32_t first = size / ENTRY_SIZE;
    uint32_t copied;

    while (other && !other->installed)
        other = other->next;
    if (other) /* CPUs that share an IDT share its gate, and so the selector in it */
        first = other->task_selector / ENTRY_SIZE - ADDED_TASK;
    if (first > GDT_COPY_ROOM)
        first = GDT_COPY_ROOM;
    words_fill(cpu->gdt_copy, 0, sizeof cpu->gdt_copy);
    copied = peek(cpu->gdt_copy, borrow->gdt.base, size < first * ENTRY_SIZE ? size : first * ENTRY_SIZE);
    if (copied < size && !selectors_within(cpu, borrow, copied & SELECTOR_INDEX))
        return KSG_GDT_TOO_LARGE;
    cpu->copied = true;
    cpu->code_selector = (uint16_t)((first + ADDED_CODE) * ENTRY_SIZE);
    cpu->data_selector = (uint16_t)((first + ADDED_DATA) * ENTRY_SIZE);
    cpu->task_selector = (uint16_t)((first + ADDED_TASK) * ENTRY_SIZE);
    cpu->host_task_selector = (uint16_t)((first + ADDED_HOST_TASK) * ENTRY_SIZE);
    return KSG_OK;
}

static int look_at_gdt(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    cpu->host_gdt = borrow->gdt;
    cpu->copied = config->gdt_selector == 0;
    return cpu->copied ? copy_gdt(cpu, borrow) : look_at_reserved_entries(cpu, borrow, config->gdt_selector);
}

static int look(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config)
{
    static int (*const looks[])(struct cpu *cpu, const struct borrow *borrow, const struct ksg_config *config) = {
        look_at_idt, look_at_segments, look_at_tr, look_at_page_directory, look_at_gdt};

    for (unsigned i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        int status = looks[i](cpu, borrow, config);

        if (status != KSG_OK)
            return status;
    }
    return KSG_OK;
}

static void write_gdt(struct cpu *cpu)
{
    struct table_register gdt = cpu->host_gdt;

    if (cpu->copied) {
        gdt.base = (uint32_t)cpu->gdt_copy;
        gdt.limit = (uint16_t)(cpu->host_task_selector + ENTRY_SIZE - 1);
        cpu->gdt_copy[cpu->code_selector / ENTRY_SIZE] = FLAT_CODE;
        cpu->gdt_copy[cpu->data_selector / ENTRY_SIZE] = FLAT_DATA;
        write_gdtr(gdt);
    }
    table_write(&gdt, cpu->task_selector / ENTRY_SIZE, tss_descriptor((uint32_t)&cpu->tasks[STAGE_REPORT]));
    if (cpu->host_task_needed)
        table_write(&gdt, cpu->host_task_selector / ENTRY_SIZE, tss_descriptor((uint32_t)&cpu->host_task));
}

/* A TSS for the victim to be saved in, and for nothing else: it has no stacks to enter ring 0 on. */
static void load_host_task(struct cpu *cpu)
{
    words_fill(&cpu->host_task, 0, sizeof cpu->host_task);
    cpu->host_task.io_map = TSS_SIZE;
    cpu->host_tr = cpu->host_task_selector;
    cpu->host_tss = (uint32_t)&cpu->host_task;
    write_tr(cpu->host_task_selector);
}

static void build(struct cpu *cpu)
{
    cpu->magic = CPU_MAGIC;
    task_build_report(&cpu->tasks[STAGE_REPORT], cpu);
    paint(cpu->report_stack, sizeof cpu->report_stack);
    paint(cpu->resume_stack, sizeof cpu->resume_stack);
    paint(cpu->last_stack, sizeof cpu->last_stack);
}

/* Writes it all. What does not stay as written, in read-only memory say, is taken back. */
static int write_hook(struct cpu *cpu, struct borrow *borrow)
{
    int status;

    build(cpu);
    write_gdt(cpu);
    table_write(&borrow->idt, VECTOR_DF, task_gate(cpu->task_selector));
    borrow->gdt = read_gdtr();
    status = verify_hook(cpu, borrow);
    if (status != KSG_OK) {
        remove_hook(cpu, borrow);
        return status;
    }
    if (cpu->host_task_needed)
        load_host_task(cpu);
    cpu->installed = true;
    return KSG_OK;
}

/* On this CPU, or the structure on another one. */
static bool already_installed(const struct cpu *cpu, uint32_t number)
{
    const struct cpu *former = cpu_find(number);
    const struct cpu *other = cpu_first();

    while (other && other != cpu)
        other = other->next;
    return (former && former->installed) || (other && other->number != number);
}

static int install(struct cpu *cpu, const struct ksg_config *config)
{
    uint32_t number = cpu_number();
    struct cpu *former;
    struct borrow borrow;
    int status;

    if (already_installed(cpu, number))
        return KSG_ALREADY_INSTALLED;
    former = cpu_find(number);
    if (former != cpu)
        cpu->left_in_tr = 0;
    cpu->number = number;
    cpu->installed = false;
    borrow_begin(&borrow);
    status = look(cpu, &borrow, config);
    if (status == KSG_OK)
        status = write_hook(cpu, &borrow);
    borrow_end(&borrow);
    if (status != KSG_OK)
        return status;
    if (former)
        cpu_forget(former);
    cpu_keep(cpu);
    return KSG_OK;
}

int ksg_install(const struct ksg_config *config)
{
    static const struct ksg_config usual;
    static struct ksg_cpu first;
    int status;

    if (config == 0)
        config = &usual;
    status = check_line(config);
    if (status == KSG_OK)
        status = install(cpu_inside(&first), config);
    if (status == KSG_OK)
        words_copy(&settings, config, sizeof settings);
    return status;
}

int ksg_install_cpu(struct ksg_cpu *cpu)
{
    const struct cpu *other = cpu_first();

    if (cpu == 0)
        return KSG_NULL;
    while (other && !other->installed)
        other = other->next;
    return other ? install(cpu_inside(cpu), &settings) : KSG_NOT_INSTALLED;
}
