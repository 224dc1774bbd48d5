/* Every function and every hook is called, however the kernel is built: tests/abi.mk. */
#include "check.h"

#define NAME "hooked"

static unsigned context; /* given to each hook, which sets its bit: */
enum {
    ASKED_CR3 = 1,
    ASKED_STACK = 2,
    STOPPED = 4,
    PUT = 8,
    WRITTEN = 16,
    LOOKED_UP = 32,
    ALL_BUT_FINISHED = 63
};

static struct ksg_stack described;

/* Each hook has a local that the compiler keeps at a multiple of 16, and works on with instructions that fault elsewhere. */
#ifdef __SSE2__
typedef float vector __attribute__((vector_size(16)));
#define USE_REGISTERS() volatile vector local = {1, 2, 3, 4}; local = local + local

/* SDM vol. 3, 2.5: x87 instructions are not emulated, the kernel saves SSE, and has a handler for its exceptions. */
static void registers_enable(void)
{
    uint32_t word;

    __asm__ volatile("mov %%cr0, %0\n\tandl $~4, %0\n\torl $2, %0\n\tmov %0, %%cr0\n\t"
                     "mov %%cr4, %0\n\torl $0x600, %0\n\tmov %0, %%cr4"
                     : "=r"(word));
}
#else
#define USE_REGISTERS() (void)0
static void registers_enable(void)
{
}
#endif

static ksg_address KSG_CALL victim_cr3(void *given)
{
    USE_REGISTERS();

    *(unsigned *)given |= ASKED_CR3;
    return page_directory();
}

static int KSG_CALL find_stack(void *given, ksg_address esp, struct ksg_stack *found)
{
    USE_REGISTERS();

    if (esp < described.limit - PAGE_SIZE || esp > described.base)
        return 0;
    *(unsigned *)given |= ASKED_STACK;
    found->name = described.name;
    found->limit = described.limit;
    found->base = described.base;
    return 1;
}

static void KSG_CALL stop_cpus(void *given)
{
    USE_REGISTERS();

    *(unsigned *)given |= STOPPED;
}

static void KSG_CALL put(void *given, char character)
{
    USE_REGISTERS();

    *(unsigned *)given |= PUT;
    console_put(character);
}

static void KSG_CALL write(void *given, const char *text, unsigned length)
{
    USE_REGISTERS();

    *(unsigned *)given |= length > 2 && text[length - 1] == '\n' ? WRITTEN : 0;
    for (unsigned i = 0; i < length; i++)
        console_put(text[i]);
}

static void *KSG_CALL physical_to_linear(void *given, ksg_address physical)
{
    USE_REGISTERS();

    *(unsigned *)given |= LOOKED_UP;
    return (void *)physical;
}

static void KSG_CALL finish(void *given)
{
    USE_REGISTERS();

    CHECK(given == &context);
    CHECK(context == ALL_BUT_FINISHED);
    console_print("every hook was called\n");
    exit_machine(EXIT_REPORTED);
}

static void call_registry(void)
{
    static const struct ksg_range range = {0xf0000000u, 0xf0001000u};
    static struct ksg_module module = {.name = "far away", .ranges = &range, .range_count = 1};
    static struct ksg_cpu cpu;

    CHECK(ksg_add_module(&module) == KSG_OK);
    CHECK(ksg_add_module(&module) == KSG_ALREADY_ADDED);
    CHECK(ksg_remove_module(&module) == KSG_OK);
    CHECK(ksg_install_cpu(&cpu) == KSG_ALREADY_INSTALLED);
    CHECK(ksg_verify() == KSG_OK);
    CHECK(ksg_guard_page(page_allocate(1)) == KSG_OK);
    CHECK(*ksg_status_text(KSG_BAD_BAUD) != 0);
}

static void call_paint(void)
{
    struct ksg_stack *stack = &thread_current->stack;

    CHECK(ksg_paint(stack) == KSG_OK);
    CHECK(ksg_high_water(stack) > 0 && ksg_high_water(stack) < PAGE_SIZE);
    CHECK(ksg_check_stacks() == KSG_OK && ksg_skipped_stacks() == 0);
}

static void worker(void)
{
    call_paint();
    CHECK(ksg_report(0, "on demand") == KSG_OK);
    described = thread_current->stack;
    described.name = NAME;
    CHECK(ksg_remove_stack(&thread_current->stack) == KSG_OK);
    ksg_overflow();
}

/* Apart: it uses what is enabled before. */
__attribute__((noinline)) static void install_and_crash(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3,
                                .find_stack = find_stack,
                                .stop_cpus = stop_cpus,
                                .write = write,
                                .finish = finish,
                                .physical_to_linear = physical_to_linear,
                                .context = &context};

    kernel_install(&config);
    CHECK(ksg_report(0, "a line at a time") == KSG_OK);
    CHECK(ksg_uninstall() == KSG_OK);
    config.write = 0;
    config.put = put;
    CHECK(ksg_install(&config) == KSG_OK);
    call_registry();
    thread_run("worker", PAGE_SIZE, worker);
}

void scenario(void)
{
    registers_enable();
    install_and_crash();
}
