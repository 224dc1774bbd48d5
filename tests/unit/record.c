/* Records, and what the CALL before a return address says. victim.S has the code. */
#include "record.h"

#include "victim.h"

/* Above a word that is no part of the stack. */
#define LIMIT (STACK_BASE - STACK_SIZE + 4)

static struct view view_of_stack(void)
{
    begin();
    return (struct view){&victim.memory, &victim.code, LIMIT, STACK_BASE, KERNEL_CS, 0};
}

static void test_places(void)
{
    static const struct {
        const char *name;
        uint32_t address, floor;
        enum record_error error;
    } cases[] = {
        {"at the limit", LIMIT, LIMIT, RECORD_GOOD},
        {"below it", LIMIT - 4, 0, RECORD_OFF},
        {"right below the base", STACK_BASE - 8, LIMIT, RECORD_GOOD},
        {"half of it below the base", STACK_BASE - 4, LIMIT, RECORD_OFF},
        {"at the floor", STACK_BASE - 0x100, STACK_BASE - 0x100, RECORD_GOOD},
        {"below it", STACK_BASE - 0x104, STACK_BASE - 0x100, RECORD_DOWN},
        {"a byte off", STACK_BASE - 0xff, LIMIT, RECORD_ODD},
        {"two bytes off", STACK_BASE - 0xfe, LIMIT, RECORD_ODD},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view view = view_of_stack();
        struct record record;

        ok(record_read(&view, cases[i].address, cases[i].floor, &record) == cases[i].error, "a record %s",
           cases[i].name);
    }
}

static void test_unreadable(void)
{
    for (uint32_t hole = 0; hole <= 4; hole += 4) {
        struct view view = view_of_stack();
        struct record record;

        /* The stack is two pieces, with a word between them that cannot be read. */
        pieces_free(&victim.pieces);
        pieces_add(&victim.pieces, LIMIT, 0x100 + hole);
        pieces_add(&victim.pieces, LIMIT + 0x104 + hole, 0x100);
        ok(record_read(&view, LIMIT + 0x100, LIMIT, &record) == RECORD_UNREADABLE, "a record whose %s cannot be read",
           hole ? "return address" : "EBP");
    }
}

static enum evidence evidence_of(const char *return_address, const struct function *callee)
{
    struct view view = view_of_stack();

    return record_evidence(&view, at(return_address), callee);
}

static void test_callees(void)
{
    struct function middle, unnamed;
    struct view view;

    begin();
    middle = *code_find(&victim.code, at("middle"));
    unnamed = middle;
    unnamed.named = false;

    ok(evidence_of("outer_middle", &middle) == EVIDENCE_DIRECT, "a direct call of the function");
    ok(evidence_of("outer_middle", &unnamed) == EVIDENCE_INDIRECT, "when its name is not known, it could be any");
    ok(evidence_of("outer_middle", 0) == EVIDENCE_INDIRECT, "and when nothing is");
    ok(evidence_of("middle_leaf", &middle) == EVIDENCE_AGAINST, "a direct call of the function that follows on it");
    ok(at("leaf") == middle.end, "directly");
    ok(evidence_of("outer_unreadable", &middle) == EVIDENCE_AGAINST, "a direct call of what is no code");
    ok(evidence_of("outer_unreadable", 0) == EVIDENCE_AGAINST, "whoever is the callee");
    view = view_of_stack();
    forget_symbols();
    ok(record_evidence(&view, at("outer_unreadable"), &middle) == EVIDENCE_UNKNOWN,
       "where it is not known what is code, and it cannot be read: unknown, not failed");
}

int main(void)
{
    test_places();
    test_unreadable();
    test_callees();
    return tap_end();
}
