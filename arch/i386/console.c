/* Where the report goes, and what else struct machine offers. */
#include "console.h"

#include "guard.h"
#include "peek.h"
#include "port.h"
#include "paint.h"

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

static void put_uart(struct machine *machine, char character)
{
    struct cpu *cpu = machine->context;

    if (settings.debug_console)
        port_write(DEBUG_CONSOLE, (uint8_t)character);
    uart_put(&cpu->uart, character);
}

static void call_put_hook(void *character)
{
    settings.put(settings.context, *(const char *)character);
}

/* A hook that faults is not called again; the UART takes the rest. */
static void put_hook(struct machine *machine, char character)
{
    struct cpu *cpu = machine->context;

    if (guard_run(&cpu->guard, call_put_hook, &character, 0)) {
        if (settings.debug_console)
            port_write(DEBUG_CONSOLE, (uint8_t)character);
        return;
    }
    open_uart(cpu);
    machine->put = put_uart;
    put_uart(machine, character);
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

    return paint_depth(limit, size);
}

void console_open(struct cpu *cpu)
{
    struct machine *machine = &cpu->machine;
    bool hooked = settings.put && cpu->uart.port == 0;

    machine->memory.data.size = 0;
    machine->memory.code.size = 0;
    machine->memory.find = peek_page;
    machine->memory.context = 0;
    machine->put = hooked ? put_hook : put_uart;
    machine->guard = guard;
    machine->stack_used = stack_used;
    machine->config = &settings;
    machine->context = cpu;
    if (!hooked)
        open_uart(cpu);
}

void console_drain(struct cpu *cpu)
{
    if (cpu->uart.port != 0)
        uart_drain(&cpu->uart);
}

static void write_text(struct cpu *cpu, const char *text)
{
    while (*text)
        put_uart(&cpu->machine, *text++);
}

static void write_hex(struct cpu *cpu, uint32_t value)
{
    for (int shift = 28; shift >= 0; shift -= 4)
        put_uart(&cpu->machine, "0123456789abcdef"[value >> shift & 0xf]);
}

void console_last_line(struct cpu *cpu)
{
    cpu->machine.context = cpu;
    open_uart(cpu);
    write_text(cpu, "\r\nkstackguard: gave up: vector ");
    write_hex(cpu, cpu->fault.vector);
    write_text(cpu, " at eip ");
    write_hex(cpu, cpu->fault.eip);
    write_text(cpu, ", cr2 ");
    write_hex(cpu, cpu->fault.address);
    write_text(cpu, "\r\n");
}
