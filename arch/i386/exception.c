/* What becomes of a fault in the handler. */
#include "exception.h"

#include "guard.h"
#include "private.h"
#include "processor.h"
#include "stage.h"

/* A guard lies on the stack that is in use. If a corrupted pointer says otherwise, nothing comes back from there. */
static bool guard_whole(struct cpu *cpu)
{
    uint32_t size;
    uint32_t limit = (uint32_t)cpu_stack(cpu, cpu_stage(cpu), &size);
    uint32_t offset = (uint32_t)cpu->guard - limit;

    return offset % 4 == 0 && offset <= size - sizeof(struct guard);
}

void exception(const struct exception_frame *frame)
{
    struct cpu *cpu = private_cpu();
    struct guard *guard;
    struct fault fault;

    if (!private_in_force())
        halt_for_ever();
    if (frame->vector == VECTOR_MC)
        exception_kept |= 1u << VECTOR_MC;
    fault.vector = frame->vector;
    fault.eip = frame->eip;
    fault.address = read_cr2();
    if (!guard_whole(cpu))
        stage_next(cpu, &fault);
    guard = cpu->guard;
    cpu->guard = guard->previous; /* first: if the record is garbage, what it leads to is not led to again */
    if (guard->fault)
        *guard->fault = fault;
    guard_leave(&cpu->guard, guard);
}

void exception_hand_over(void)
{
    uint32_t kept = exception_kept;

    exception_kept = 0;
    if (kept & 1u << VECTOR_MC)
        __asm__ volatile("int %0" : : "i"(VECTOR_MC) : "memory");
    if (kept & 1u << VECTOR_NMI)
        __asm__ volatile("int %0" : : "i"(VECTOR_NMI) : "memory");
    if (kept & 1u << VECTOR_DB)
        __asm__ volatile("int %0" : : "i"(VECTOR_DB) : "memory");
}
