/* Where the report goes, and what else struct machine offers. */
#include "console.h"

#include "depth.h"
#include "guard.h"
#include "peek.h"
#include "port.h"

#define DEBUG_CONSOLE 0xe9

/* COM1 is the usual. */
static const uint16_t com_ports[] = {0x3f8, 0x3f8, 0x2f8, 0x3e8, 0x2e8};

static void open_uart(struct cpu *cpu)
{
    unsigned com_port = settings.com_port;
    unsigned baud = settings.baud ? settings.baud : UART_BAUD;
    bool named = com_port < sizeof com_ports / sizeof com_ports[0];

    if (!cpu->uart.dead)
        uart_open(&cpu->uart, named ? com_ports[com_port] : (uint16_t)com_port, (uint16_t)(UART_BAUD / baud));
}

static void write_debug(const char *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        port_write(DEBUG_CONSOLE, (uint8_t)text[i]);
}

static void write_uart(struct cpu *cpu)
{
    while (cpu->text != cpu->text_end)
        uart_put(&cpu->uart, *cpu->text++);
}

static void call_put_hook(void *argument)
{
    struct cpu *cpu = argument;

    for (; cpu->text != cpu->text_end; cpu->text++)
        settings.put(settings.context, *cpu->text);
}

/* A hook that faults is not called again; the UART takes the rest. */
static void write_line(struct machine *machine, const char *text, uint32_t count)
{
    struct cpu *cpu = machine->context;

    cpu->text = text;
    cpu->text_end = text + count;
    if (settings.debug_console)
        write_debug(text, count);
    if (cpu->hooked && !guard_run(&cpu->guard, call_put_hook, cpu, 0)) {
        cpu->hooked = false;
        open_uart(cpu);
    }
    write_uart(cpu);
}

static bool guard(struct machine *machine, void (*part)(void *argument), void *argument, struct fault *fault)
{
    struct cpu *cpu = machine->context;

    return guard_run(&cpu->guard, part, argument, fault);
}

static uint32_t stack_used(struct machine *machine)
{
    struct cpu *cpu = machine->context;
    uint32_t size;
    const uint32_t *limit = cpu_stack(cpu, cpu->stage, &size);

    return depth_used(limit, size);
}

void console_begin(struct cpu *cpu)
{
    cpu->uart = (struct uart){0};
    cpu->hooked = settings.put != 0;
    cpu->text = cpu->text_end = 0;
}

void console_open(struct cpu *cpu)
{
    struct machine *machine = &cpu->machine;
    bool cut = cpu->text != cpu->text_end; /* a line, by a double fault in the stage before */

    machine->memory.data.size = 0;
    machine->memory.code.size = 0;
    machine->memory.find = peek_page;
    machine->memory.context = 0;
    machine->write = write_line;
    machine->guard = guard;
    machine->stack_used = stack_used;
    machine->config = &settings;
    machine->context = cpu;
    cpu->hooked = cpu->hooked && !cut;
    if (!cpu->hooked)
        open_uart(cpu);
    write_uart(cpu);
}

void console_close(struct cpu *cpu)
{
    if (cpu->uart.port != 0)
        uart_close(&cpu->uart);
}

static void write_string(struct cpu *cpu, const char *string)
{
    uint32_t length = 0;

    while (string[length])
        length++;
    write_line(&cpu->machine, string, length);
}

static void write_hex(struct cpu *cpu, uint32_t value)
{
    char digits[8];

    for (unsigned i = 0; i < sizeof digits; i++)
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 0xf];
    write_line(&cpu->machine, digits, sizeof digits);
}

void console_last_line(struct cpu *cpu)
{
    cpu->machine.context = cpu;
    cpu->hooked = false;
    open_uart(cpu);
    write_string(cpu, "\r\nkstackguard: gave up: vector ");
    write_hex(cpu, cpu->fault.vector);
    write_string(cpu, " at eip ");
    write_hex(cpu, cpu->fault.eip);
    write_string(cpu, ", cr2 ");
    write_hex(cpu, cpu->fault.address);
    write_string(cpu, "\r\n");
}
