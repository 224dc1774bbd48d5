/* Functions that probe the stack in a loop, as they stand in it. victim.S has the code. */
#include "probing.h"

#include "instruction.h"
#include "victim.h"

#define LOCALS 0x3000u
#define TURN 0x1000u
#define ROWS "2000 probes_touch frameless\n18 outer_probes\n" ABOVE_OUTER

static uint32_t registers[8];
static uint32_t return_address; /* where it lies */

/* probes, which was called at site with room bytes below outer's frame, in the loop's second turn. */
static void to_loop(const char *site, uint32_t room)
{
    to_outer();
    locals(room);
    return_address = call(site);
    push(0x33333333);
    registers[REGISTER_EAX] = victim.esp - LOCALS;
    locals(2 * TURN);
}

static void know_registers(void)
{
    victim.start.registers = registers;
}

static void test_register(void)
{
    to_loop("outer_probes", 0);
    know_registers();
    expect("the register that ESP is compared with tells where the loop began", "probes_touch", ROWS);

    to_loop("outer_probes", 0);
    know_registers();
    store(return_address - TURN, at("outer_probes"));
    expect("whatever lies where another turn would have", "probes_touch", ROWS);

    to_loop("outer_probes", 0x2f00);
    know_registers();
    expect("beyond the limit as well", "probes_touch",
           "2000 probes_touch frameless\n2f18 outer_probes\n" ABOVE_OUTER);

    to_loop("outer_pointer", 0);
    know_registers();
    expect("called by a pointer", "probes_touch", "2000 probes_touch frameless\n18 outer_pointer\n" ABOVE_OUTER);

    to_loop("outer_other", 0);
    know_registers();
    expect("a direct call of another function makes a guess of the row", "probes_touch",
           "2000 probes_touch guess\n18 outer_other guess\n" ABOVE_OUTER);

    to_loop("outer_probes", 0);
    know_registers();
    locals(0u - 2 * TURN);
    expect("before the first turn", "probes_loop", "0 probes_loop frameless\n18 outer_probes\n" ABOVE_OUTER);

    to_loop("outer_probes", 0);
    know_registers();
    registers[REGISTER_EAX] -= 4;
    expect("a register that no turn leads to tells nothing", "probes_touch", ROWS);

    to_loop("outer_probes", 0);
    know_registers();
    registers[REGISTER_EAX] -= 4 * TURN;
    expect("nor does one that is too far", "probes_touch", ROWS);
}

static void test_words(void)
{
    to_loop("outer_probes", 0);
    expect("without registers the one word that verifies", "probes_touch", ROWS);

    to_loop("outer_probes", 0x2f00);
    expect("beyond the limit as well, without registers", "probes_touch",
           "2000 probes_touch frameless\n2f18 outer_probes\n" ABOVE_OUTER);

    to_loop("outer_probes", 0);
    store(return_address - TURN, at("outer_probes"));
    expect("of two, one by guess", "probes_touch",
           "1000 probes_touch guess\n1018 outer_probes\n" ABOVE_OUTER);

    to_loop("outer_pointer", 0);
    expect("a call by pointer verifies, but by guess", "probes_touch",
           "2000 probes_touch guess\n18 outer_pointer guess\n" ABOVE_OUTER);

    to_loop("outer_probes", 0);
    interrupt(at("probes_touch"));
    in_stub();
    know_registers(); /* of the handler */
    registers[REGISTER_EAX] += TURN;
    expect("not what registers are where the walk begins", "handler_body",
           "8 handler_body\n0 stub_handler trap\n2040 probes_touch frameless\n18 outer_probes\n" ABOVE_OUTER);
}

static void test_ebp(void)
{
    to_outer();
    call("outer_probes_saved");
    push(victim.ebp);
    victim.ebp = 0;
    registers[REGISTER_ECX] = victim.esp - LOCALS;
    locals(2 * TURN);
    know_registers();
    expect("EBP is read back from where it was saved", "probes_saved_touched",
           "2000 probes_saved_touched frameless\n18 outer_probes_saved\n" ABOVE_OUTER);

    to_outer();
    call("outer_probes_lost");
    victim.ebp = 0;
    locals(2 * TURN);
    expect("if it was saved at all", "probes_lost_touch",
           "- probes_lost_touch lost\n2014 (before)\n10 thread_outer recovered\n8 (rest)\nend: zero\n");
}

int main(void)
{
    test_register();
    test_words();
    test_ebp();
    return tap_end();
}
