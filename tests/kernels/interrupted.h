/* What the interrupted code's registers were, for ksg_report: as the stub saved them. */
#ifndef KERNELS_INTERRUPTED_H
#define KERNELS_INTERRUPTED_H

#include "kernel.h"

static inline struct ksg_registers registers_of(const struct interrupt_frame *frame)
{
    struct ksg_registers registers = {.eax = frame->eax, .ebx = frame->ebx, .ecx = frame->ecx, .edx = frame->edx};

    registers.esi = frame->esi;
    registers.edi = frame->edi;
    registers.ebp = frame->ebp;
    registers.esp = (uint32_t)&frame->user_esp; /* from kernel mode, which pushes no ESP */
    registers.eip = frame->eip;
    registers.eflags = frame->eflags;
    registers.cs = frame->cs;
    registers.ss = KERNEL_DATA;
    registers.ds = frame->ds;
    registers.es = frame->es;
    registers.fs = frame->fs;
    registers.gs = frame->gs;
    __asm__ volatile("mov %%cr2, %0" : "=r"(registers.cr2));
    return registers;
}

#endif
