/* Each hook is given what it has to be given, and what it returns comes back. */
#include "hooks.h"

#include "tap.h"

static int context;
static const void *given;   /* as context, to the last hook */
static unsigned last;       /* the second argument */
static const void *pointer; /* a pointer among the others */

static ksg_address KSG_CALL victim_cr3(void *own)
{
    given = own;
    return 0x123000;
}

static int KSG_CALL find_stack(void *own, ksg_address esp, struct ksg_stack *found)
{
    given = own;
    last = esp;
    pointer = found;
    return 1;
}

static void KSG_CALL take(void *own)
{
    given = own;
}

static void KSG_CALL put(void *own, char character)
{
    given = own;
    last = (unsigned char)character;
}

static void KSG_CALL write(void *own, const char *text, unsigned length)
{
    given = own;
    last = length;
    pointer = text;
}

static void *KSG_CALL physical_to_linear(void *own, ksg_address physical)
{
    given = own;
    last = physical;
    return (char *)0 + 0xc0123000u;
}

/* Was the hook called with the context? For each once. */
static bool called(void)
{
    bool was = given == &context;

    given = 0;
    return was;
}

int main(void)
{
    struct ksg_config config = {.victim_cr3 = victim_cr3, .find_stack = find_stack, .put = put, .write = write,
                                .physical_to_linear = physical_to_linear, .context = &context};
    struct ksg_stack found;

    ok(hook_victim_cr3(&config) == 0x123000 && called(), "victim_cr3");
    ok(hook_find_stack(&config, 0xc0001000u, &found) == 1 && called() && last == 0xc0001000u && pointer == &found,
       "find_stack");
    hook_put(&config, 'x');
    ok(called() && last == 'x', "put");
    hook_write(&config, "line", 4);
    ok(called() && last == 4 && *(const char *)pointer == 'l', "write");
    ok(hook_physical_to_linear(&config, 0x123000) == 0xc0123000u && called() && last == 0x123000, "physical_to_linear");
    config.stop_cpus = take;
    hook_stop_cpus(&config);
    ok(called(), "stop_cpus");
    config.stop_cpus = 0;
    config.finish = take;
    hook_finish(&config);
    ok(called(), "finish");
    return tap_end();
}
