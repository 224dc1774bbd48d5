/* Starts the chosen program, and lets interrupts loose on it. */
#include "program.h"

#include "core.h"

enum timer {
    PIC_COMMAND = 0x20,
    PIC_MASK = 0x21,
    PIC_END = 0x20,
    PIC_MASK_ALL_BUT_TIMER = 0xfe,
    PIT_CHANNEL0 = 0x40,
    PIT_COMMAND = 0x43,
    PIT_ONCE = 0x30 /* channel 0, low byte then high byte, mode 0: interrupts when it has counted down */
};

static const struct program *program;
static uint32_t random_state;
volatile uint8_t *fresh_page = (uint8_t *)FRESH_START;

/* After so many the program will not overflow any more: the functions that it is in call none that calls on. */
#define DRAWS_MOST (1u << 22)

/* The multiplier is Knuth's, The Art of Computer Programming vol. 2, 3.3.4, table 1, line 26. */
uint32_t draw(void)
{
    static uint32_t draws;

    if (++draws == DRAWS_MOST)
        exit_machine(EXIT_RETURNED);
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 16;
}

static void arm_timer(void)
{
    unsigned ticks = 1 + draw() % program->timer;

    out_byte(PIT_COMMAND, PIT_ONCE);
    out_byte(PIT_CHANNEL0, (uint8_t)ticks);
    out_byte(PIT_CHANNEL0, (uint8_t)(ticks >> 8));
}

/* The handler's work: it calls on in the program, now and then with interrupts on. */
static void work(uint32_t number)
{
    bool nested = draw() % 2;

    if (nested)
        interrupts_enable();
    program->interrupted(number);
    if (nested)
        interrupts_disable();
}

static void timer_interrupt(void)
{
    out_byte(PIC_COMMAND, PIC_END);
    arm_timer();
}

static void page_in(void)
{
    uint32_t address;

    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    page_map(address & PAGE_ADDRESS, page_allocate(1), PAGE_WRITABLE);
}

void KSG_CALL interrupt_vector(uint32_t vector)
{
    if (vector == VECTOR_PAGE_FAULT)
        page_in();
    if (vector == VECTOR_TIMER)
        timer_interrupt();
    work(vector);
}

/* By way of boot/'s stubs. */
static void boot_interrupt(struct interrupt_frame *frame)
{
    interrupt_vector(frame->vector);
}

static bool boot_page_in(struct pagein_range *range, uint32_t address, void *page)
{
    (void)range;
    (void)page;
    work(address);
    return true;
}

static void start(void)
{
    if (program->timer != 0) {
        arm_timer();
        out_byte(PIC_MASK, PIC_MASK_ALL_BUT_TIMER);
    }
    interrupts_enable();
    program->start();
}

static void KSG_CALL dump_core(void *context)
{
    (void)context;
    core_write(&thread_current->stack);
    exit_machine(EXIT_REPORTED);
}

void scenario(void)
{
    static const struct ksg_config config = {.finish = dump_core};
    static struct pagein_range range = {.start = FRESH_START, .end = FRESH_END, .read = boot_page_in};
    uint32_t choice = *(volatile uint32_t *)PROGRAM_CHOICE;

    if (choice >= program_count)
        kernel_panic("no such program");
    program = &programs[choice];
    random_state = program->seed;
    pagein_add(&range);
    for (unsigned vector = VECTOR_IRQ; vector < STUBS; vector++)
        interrupt_handle(vector, boot_interrupt);
    for (unsigned i = 0; i < program->gate_count; i++)
        idt_set_gate(program->gates[i].vector, program->gates[i].stub, 0);

    kernel_install(&config);
    thread_run("worker", program->stack_pages * PAGE_SIZE, start);
}
