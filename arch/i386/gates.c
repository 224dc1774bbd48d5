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
    if (!segment_is_tss(tss) || descriptor_type(tss) != TYPE_TSS || !readable(descriptor_base(tss), TSS_SIZE))
        return GATE_BAD_TSS;
    return GATE_GOOD;
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
    if (!descriptor_present(gate))
        return GATE_NOT_PRESENT;
    switch (descriptor_type(gate)) {
    case TYPE_TASK_GATE:
        return examine_task_gate(gdt, gate);
    case TYPE_INTERRUPT_GATE:
    case TYPE_TRAP_GATE:
        return examine_handler(gdt, gate, gate_offset(gate), cpl);
    case TYPE_INTERRUPT_GATE_16:
    case TYPE_TRAP_GATE_16:
        return examine_handler(gdt, gate, gate_offset(gate) & 0xffff, cpl);
    default:
        return GATE_WRONG_TYPE;
    }
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
}
