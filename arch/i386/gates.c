/* Which of the host's IDT entries cannot deliver their exception: the checks that INT makes, SDM vol. 2. */
#include "gates.h"

#include "peek.h"
#include "table.h"

static bool readable(uint32_t address, uint32_t count)
{
    uint8_t bytes[TSS_SIZE];

    return peek(bytes, address, count) == count;
}

static enum gate_fault examine_task_gate(const struct table_register *gdt, struct descriptor gate)
{
    struct descriptor tss;

    if (!table_select(gdt, gate_selector(gate), &tss))
        return GATE_BAD_SELECTOR;
    if (!segment_is_tss(tss) || !readable(descriptor_base(tss), TSS_SIZE))
        return GATE_BAD_TSS;
    return descriptor_type(tss) & TYPE_BUSY ? GATE_BUSY : GATE_GOOD;
}

static enum gate_fault examine_handler(const struct table_register *gdt, struct descriptor gate, uint32_t offset,
                                       uint32_t cpl)
{
    uint32_t kind = TYPE_SEGMENT | TYPE_CODE;
    struct descriptor code;

    if (!table_select(gdt, gate_selector(gate), &code))
        return GATE_BAD_SELECTOR;
    if ((descriptor_type(code) & kind) != kind || !descriptor_present(code) || descriptor_dpl(code) > cpl)
        return GATE_NOT_CODE;
    if (offset > descriptor_limit(code) || !readable(descriptor_base(code) + offset, 1))
        return GATE_BAD_HANDLER;
    return GATE_GOOD;
}

static enum gate_fault examine(const struct table_register *gdt, struct descriptor gate, uint32_t cpl)
{
    uint32_t type = descriptor_type(gate);
    bool is_16_bit = type == TYPE_INTERRUPT_GATE_16 || type == TYPE_TRAP_GATE_16;
    bool is_32_bit = type == TYPE_INTERRUPT_GATE || type == TYPE_TRAP_GATE;

    if (!gate.low && !gate.high)
        return GATE_EMPTY;
    if (!is_16_bit && !is_32_bit && type != TYPE_TASK_GATE)
        return GATE_WRONG_TYPE;
    if (!descriptor_present(gate))
        return GATE_NOT_PRESENT;
    if (type == TYPE_TASK_GATE)
        return examine_task_gate(gdt, gate);
    return examine_handler(gdt, gate, gate_offset(gate) & (is_16_bit ? 0xffff : UINT32_MAX), cpl);
}

/* Can the TSS's SS0 be loaded on the way to ring 0? The checks of SDM vol. 2, INT: inter-privilege-level. */
static bool is_ring_0_stack(const struct table_register *gdt, uint16_t ss0)
{
    uint32_t kind = TYPE_SEGMENT | TYPE_CODE | TYPE_WRITABLE;
    struct descriptor segment;

    return !(ss0 & SELECTOR_RPL) && table_select(gdt, ss0, &segment) &&
           (descriptor_type(segment) & kind) == (TYPE_SEGMENT | TYPE_WRITABLE) && descriptor_present(segment) &&
           descriptor_dpl(segment) == 0;
}

void gates_examine(const struct table_register *gdt, const struct table_register *idt, struct crash *crash)
{
    uint32_t cpl = crash_in_user_mode(crash) ? 3 : crash->cs & SELECTOR_RPL;

    for (uint32_t vector = 0; vector < VECTOR_COUNT; vector++) {
        struct descriptor gate;

        if (vector == VECTOR_DF) /* led here; its TSS is busy now */
            crash->gates[vector] = GATE_GOOD;
        else if (idt->limit < (vector + 1) * sizeof gate - 1)
            crash->gates[vector] = GATE_BEYOND_LIMIT;
        else if (!table_read(idt, vector, &gate))
            crash->gates[vector] = GATE_UNREADABLE;
        else
            crash->gates[vector] = examine(gdt, gate, cpl);
    }
    crash->ss0_bad = !is_ring_0_stack(gdt, crash->ss0);
}
