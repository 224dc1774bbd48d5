/* Where the report goes, and what else struct machine offers. */
#include "console.h"

#include "depth.h"
#include "guard.h"
#include "hooks.h"
#include "linked.h"
#include "own.h"
#include "peek.h"
#include "port.h"
#include "private.h"
#include "space.h"

#define DEBUG_CONSOLE 0xe9
#define LINE_LONGEST 256
#define RENEW_LINES 16 /* the private tables are made anew before every so many: that costs as much as writing one */

volatile uint32_t console_progress;

/* COM1 is the usual. */
static const uint16_t com_ports[] = {0x3f8, 0x3f8, 0x2f8, 0x3e8, 0x2e8};

static uint16_t port(void)
{
    bool named = settings.com_port < sizeof com_ports / sizeof com_ports[0];

    return named ? com_ports[settings.com_port] : (uint16_t)settings.com_port;
}

static uint16_t divisor(void)
{
    return (uint16_t)(settings.baud ? UART_BAUD / settings.baud : 1);
}

static void write_debug(const char *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        port_write(DEBUG_CONSOLE, (uint8_t)text[i]);
}

/* No line is longer: what says otherwise has been overwritten. */
static bool left(const struct cpu *cpu)
{
    return cpu->left > 0 && cpu->left <= LINE_LONGEST;
}

static void write_uart(struct cpu *cpu)
{
    uart_renew(&cpu->uart, port(), divisor());
    for (; left(cpu); cpu->left--) {
        uart_put(&cpu->uart, *cpu->text++);
        console_progress++;
    }
}

static void call_put_hook(void *unused)
{
    struct cpu *cpu = private_cpu();

    (void)unused;
    for (; left(cpu); cpu->left--, cpu->text++) {
        hook_put(&settings, *cpu->text);
        console_progress++;
    }
}

static void call_write_hook(void *unused)
{
    struct cpu *cpu = private_cpu();

    (void)unused;
    hook_write(&settings, cpu->text, cpu->left);
    cpu->left = 0;
}

/* A hook that faults is not called again; the UART takes the rest. */
static void call_hook(void)
{
    space_leave(private_cpu());
    if (!guarded(settings.write ? call_write_hook : call_put_hook, 0, 0))
        private_cpu()->hooked = false;
    space_enter(&private_cpu()->crash);
}

static void write_line(struct machine *machine, const char *text, uint32_t count)
{
    struct cpu *cpu = private_cpu();

    (void)machine;
    console_progress++;
    cpu->text = text;
    cpu->left = count;
    if (!settings_check())
        cpu->hooked = false;
    if (cpu->lines++ % RENEW_LINES == 0)
        private_renew();
    if (settings.debug_console)
        write_debug(text, count);
    if (cpu->hooked)
        call_hook();
    if (left(cpu))
        write_uart(cpu);
}

static bool guard(struct machine *machine, void (*part)(void *argument), void *argument, struct fault *fault)
{
    (void)machine;
    private_renew();
    return guarded(part, argument, fault);
}

static uint32_t stack_used(struct machine *machine, uint32_t *size)
{
    struct cpu *cpu = private_cpu();
    const uint32_t *limit = cpu_stack(cpu, cpu_stage(cpu), size);

    (void)machine;
    return depth_used(limit, *size);
}

void console_begin(void)
{
    struct cpu *cpu = private_cpu();

    cpu->uart = (struct uart){0};
    cpu->hooked = settings.write || settings.put;
    cpu->left = 0;
    cpu->lines = 0;
}

/* Where memory may not be there, a page fault is expected: what that needs is made anew before. */
static bool look_at_page(struct memory *memory, uint32_t address, struct window *window)
{
    private_renew_page_fault();
    return peek_page(memory, address, window);
}

void console_open(void)
{
    struct cpu *cpu = private_cpu();
    struct machine *machine = &cpu->machine;
    bool cut = left(cpu); /* a line, by a double fault in the stage before */

    machine->memory.data.size = 0;
    machine->memory.code.size = 0;
    machine->memory.find = look_at_page;
    machine->memory.context = 0;
    machine->write = write_line;
    machine->guard = guard;
    machine->stack_used = stack_used;
    machine->config = &settings;
    machine->config_damaged = !settings_check();
    machine->own = own_ranges(cpu);
    machine->own_count = machine->own ? OWN_RANGES : 0;
    linked_tell(machine);
    cpu->hooked = cpu->hooked && !cut;
    if (cut)
        write_uart(cpu);
}

void console_close(void)
{
    struct cpu *cpu = private_cpu();

    if (cpu->uart.port == 0)
        return;
    uart_renew(&cpu->uart, port(), divisor());
    uart_close(&cpu->uart);
}

static void write_string(const char *string)
{
    uint32_t length = 0;

    while (string[length])
        length++;
    write_line(0, string, length);
}

static void write_hex(uint32_t value)
{
    char digits[8];

    for (unsigned i = 0; i < sizeof digits; i++)
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 0xf];
    write_line(0, digits, sizeof digits);
}

void console_last_line(void)
{
    struct cpu *cpu = private_cpu();

    cpu->hooked = false;
    write_string("\r\nkstackguard: gave up: vector ");
    write_hex(cpu->fault.vector);
    write_string(" at eip ");
    write_hex(cpu->fault.eip);
    write_string(", cr2 ");
    write_hex(cpu->fault.address);
    write_string("\r\n");
}
