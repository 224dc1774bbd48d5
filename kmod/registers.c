/* The registers of the crash. */
#include "parts.h"

void print_register(struct print *print, const char *name, uint32_t value)
{
    print_string(print, name);
    print_string(print, " ");
    print_hex8(print, value);
}

void print_selector(struct print *print, const char *name, uint16_t value)
{
    print_string(print, name);
    print_string(print, " ");
    print_hex4(print, value);
}

void part_registers(struct scene *scene)
{
    struct print *print = &scene->print;
    const struct crash *crash = &scene->crash;

    if (!crash->registers_known)
        return;
    print_register(print, "eax", crash->eax);
    print_register(print, " ebx", crash->ebx);
    print_register(print, " ecx", crash->ecx);
    print_register(print, " edx", crash->edx);
    print_register(print, "  cr0", crash->cr0);
    if (crash->victim_cr3_known)
        print_register(print, "  cr3", crash->victim_cr3);
    print_line_end(print);
    print_register(print, "esi", crash->esi);
    print_register(print, " edi", crash->edi);
    print_register(print, " ebp", crash->ebp);
    print_register(print, " esp", crash->esp);
    print_register(print, "  cr2", crash->cr2);
    print_selector(print, "  tr", crash->tr);
    print_line_end(print);
    print_register(print, "eip", crash->eip);
    print_register(print, " efl", crash->eflags);
    print_selector(print, "  cs", crash->cs);
    print_selector(print, " ss", crash->ss);
    print_selector(print, " ds", crash->ds);
    print_selector(print, " es", crash->es);
    print_selector(print, " fs", crash->fs);
    print_selector(print, " gs", crash->gs);
    print_line_end(print);
    print_line_end(print);
}
