/* ksg_install: first everything is looked at, then everything is written. */
#include "install.h"

#include "depth.h"
#include "linked.h"
#include "peek.h"
#include "processor.h"
#include "table.h"
#include "task.h"

#define LAST_COM 4u
#define UART_PORTS 8u
#define HIGHEST_PORT 0xffffu
#define LARGEST_DIVISOR 0xffffu

#define PAGE_DIRECTORY_ALIGNMENT 4096u
#define PAE_ALIGNMENT 32u

/* IDTR as a reset or real mode leaves it: base 0 and one of these. SDM vol. 3, table 10-1 and 21.1.4. */
#define RESET_LIMIT 0xffffu
#define REAL_MODE_LIMIT 0x3ffu

static int check_line(const struct ksg_config *config)
{
    bool is_com = config->com_port <= LAST_COM;
    bool is_port = config->com_port % UART_PORTS == 0 && config->com_port <= HIGHEST_PORT;

    if (!is_com && !is_port)
        return KSG_BAD_PORT;
    if (config->baud != 0 && (UART_BAUD % config->baud != 0 || UART_BAUD / config->baud > LARGEST_DIVISOR))
        return KSG_BAD_BAUD;
    return KSG_OK;
}

static int look_at_idt(struct installation *installation)
{
    struct cpu *cpu = installation->cpu;
    struct table_register idt = installation->borrow.idt;
    bool none = idt.base == 0 && (idt.limit == RESET_LIMIT || idt.limit == REAL_MODE_LIMIT);
    const struct cpu *other = idt_shared(cpu, idt.base);

    if (none || !table_read(&idt, VECTOR_DF, &cpu->host_gate))
        return KSG_IDT_TOO_SHORT;
    if (other) /* the gate there now is ours already */
        cpu->host_gate = other->host_gate;
    cpu->host_idt = idt;
    return KSG_OK;
}

static int look_at_segments(struct installation *installation)
{
    const struct table_register *gdt = &installation->borrow.gdt;
    struct descriptor code, data;
    bool flat = table_select(gdt, read_cs(), &code) && segment_is_flat_code(code) &&
                table_select(gdt, read_ss(), &data) && segment_is_flat_data(data);

    return flat ? KSG_OK : KSG_NOT_FLAT;
}

/* The victim is saved in the TSS that TR holds. */
static int look_at_tr(struct installation *installation)
{
    struct cpu *cpu = installation->cpu;
    const struct cpu *former = cpu_find(cpu->number);
    struct descriptor entry;

    cpu->host_tr = read_tr();
    cpu->host_task_needed = false;
    if (table_select(&installation->borrow.gdt, cpu->host_tr, &entry) && segment_is_tss(entry)) {
        cpu->host_tss = descriptor_base(entry);
        return peek_writable(cpu->host_tss, TSS_SIZE) ? KSG_OK : KSG_BAD_TSS;
    }
    cpu->host_task_needed = cpu->host_tr == 0 || (former && cpu->host_tr == former->left_in_tr);
    cpu->host_tr = 0;
    return cpu->host_task_needed ? KSG_OK : KSG_BAD_TSS;
}

static int look_at_page_directory(struct installation *installation)
{
    ksg_address page_directory = installation->config->page_directory;
    uint32_t alignment = read_cr4() & CR4_PAE ? PAE_ALIGNMENT : PAGE_DIRECTORY_ALIGNMENT;

    installation->cpu->page_directory = page_directory ? page_directory : read_cr3();
    return page_directory % alignment == 0 ? KSG_OK : KSG_BAD_PAGE_DIRECTORY;
}

/* Nothing of the host's is changed here. */
static int look(struct installation *installation)
{
    static int (*const looks[])(struct installation *installation) = {look_at_idt, look_at_segments, look_at_tr,
                                                                      look_at_page_directory, gdt_look};

    for (unsigned i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        int status = looks[i](installation);

        if (status != KSG_OK)
            return status;
    }
    return KSG_OK;
}

static void build(struct cpu *cpu)
{
    task_build_report(&cpu->tasks[STAGE_REPORT], cpu);
    depth_paint(cpu->report_stack, sizeof cpu->report_stack);
    depth_paint(cpu->resume_stack, sizeof cpu->resume_stack);
    depth_paint(cpu->last_stack, sizeof cpu->last_stack);
    depth_paint(cpu->halt_stack, sizeof cpu->halt_stack);
}

/* A TSS for the victim to be saved in, and for nothing else: it has no stacks to enter ring 0 on. */
static void load_host_task(struct cpu *cpu)
{
    cpu->host_task = (struct tss){0};
    cpu->host_task.io_map = TSS_SIZE;
    cpu->host_tss = (uint32_t)&cpu->host_task;
    cpu->host_tr = cpu->host_task_selector;
    write_tr(cpu->host_tr);
}

/* Writes it all. What does not stay as written, in read-only memory say, is taken back. */
static int write(struct installation *installation)
{
    struct cpu *cpu = installation->cpu;
    struct borrow *borrow = &installation->borrow;
    int status;

    build(cpu);
    gdt_write(cpu);
    table_write(&borrow->idt, VECTOR_DF, task_gate(cpu->task_selector));
    borrow->gdt = read_gdtr();
    status = hook_verify(cpu, borrow);
    if (status != KSG_OK) {
        hook_remove(cpu, borrow);
        return status;
    }
    if (cpu->host_task_needed)
        load_host_task(cpu);
    return KSG_OK;
}

/* Something on this CPU, or the structure on another one. */
static bool already_installed(const struct cpu *cpu, uint32_t number)
{
    const struct cpu *former = cpu_find(number);
    const struct cpu *same = cpu_first();

    while (same && same != cpu)
        same = same->next;
    return (former && former->installed) || (same && same->number != number);
}

static int install(struct cpu *cpu, const struct ksg_config *config)
{
    struct installation installation = {.cpu = cpu, .config = config};
    uint32_t number = cpu_number();
    struct cpu *former;
    int status;

    if (already_installed(cpu, number))
        return KSG_ALREADY_INSTALLED;
    former = cpu_find(number);
    cpu->number = number;
    borrow_begin(&installation.borrow);
    status = look(&installation);
    if (status == KSG_OK)
        status = write(&installation);
    borrow_end(&installation.borrow);
    if (status != KSG_OK)
        return status;
    if (former)
        cpu_forget(former);
    cpu->installed = true;
    cpu_keep(cpu);
    return KSG_OK;
}

static int look_at_symbols(void)
{
    struct borrow borrow;
    int status;

    borrow_begin(&borrow);
    status = linked_look();
    borrow_end(&borrow);
    return status;
}

int KSG_CALL ksg_install(const struct ksg_config *config)
{
    static const struct ksg_config usual;
    static struct ksg_cpu first;
    int status;

    if (config == 0)
        config = &usual;
    status = check_line(config);
    if (status == KSG_OK)
        status = install(cpu_inside(&first), config);
    if (status != KSG_OK)
        return status;
    settings_keep(config);
    return look_at_symbols();
}

int KSG_CALL ksg_install_cpu(struct ksg_cpu *cpu)
{
    if (cpu == 0)
        return KSG_NULL;
    if (!cpu_installed())
        return KSG_NOT_INSTALLED;
    return install(cpu_inside(cpu), &settings);
}
