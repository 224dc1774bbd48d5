/* A second CPU: started by interrupts from the first one's APIC. SDM vol. 3, 8.4.4. */
#include "kernel.h"

#define APIC 0xfee00000u
#define APIC_COMMAND (APIC + 0x300)
#define ALL_OTHERS 0xc4000u
#define INIT 0x500u
#define START_UP 0x600u
#define PENDING 0x1000u

#define TRAMPOLINE 0x8000u /* cpu.asm */
#define UNUSED_PORT 0x80   /* an access takes about 1 us on a PC */
#define MICROSECONDS_AFTER_INIT 10000u
#define MICROSECONDS_TO_START 1000000u

extern const uint8_t cpu_trampoline[], cpu_trampoline_end[];

uint32_t cpu_page_directory, cpu_stack_base; /* for cpu.asm */
static void (*function)(void);
static volatile bool started;

static void wait(uint32_t microseconds)
{
    while (microseconds-- != 0) {
        in_byte(UNUSED_PORT);
        __asm__ volatile("pause"); /* an emulator that runs the CPUs in turn goes on to the next */
    }
}

static void command(uint32_t what)
{
    volatile uint32_t *apic = (volatile uint32_t *)APIC_COMMAND;

    *apic = ALL_OTHERS | what;
    while (*apic & PENDING)
        ;
}

/* Called by cpu.asm on the second CPU's own stack, interrupts off. */
_Noreturn void cpu_main(void);
_Noreturn void cpu_main(void)
{
    gdt_set_limit((uint16_t)((GDT_FREE / 8 + kernel_options.free_gdt_entries) * sizeof gdt[0] - 1));
    idt_set_limit(sizeof idt - 1);
    started = true;
    function();
    for (;;)
        __asm__ volatile("cli; hlt");
}

void cpu_start(void (*run)(void), uint32_t stack_base)
{
    uint8_t *trampoline = (uint8_t *)TRAMPOLINE;

    for (const uint8_t *from = cpu_trampoline; from != cpu_trampoline_end; from++)
        *trampoline++ = *from;
    __asm__ volatile("mov %%cr3, %0" : "=r"(cpu_page_directory));
    cpu_stack_base = stack_base;
    function = run;
    page_map(APIC, APIC, PAGE_WRITABLE);

    command(INIT);
    wait(MICROSECONDS_AFTER_INIT);
    command(START_UP | TRAMPOLINE / PAGE_SIZE);
    for (uint32_t waited = 0; !started; waited++) {
        if (waited == MICROSECONDS_TO_START)
            kernel_panic("the second CPU does not start");
        wait(1);
    }
}
