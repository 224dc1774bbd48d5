/* The core file: System V ABI, chapters 4 and 5; its note is Linux's for i386, which gdb reads everywhere. */
#include "core.h"

#define DEBUG_CONSOLE 0xe9

struct elf_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version, entry, segments_offset, sections_offset, flags;
    uint16_t size, segment_size, segment_count, section_size, section_count, names;
};
enum { ELF_CORE = 4, ELF_386 = 3, ELF_CURRENT = 1 };

struct segment {
    uint32_t type, offset, linear, physical, file_size, memory_size, flags, alignment;
};
enum { SEGMENT_LOAD = 1, SEGMENT_NOTE = 4, SEGMENT_READABLE = 4 };

/* struct elf_prstatus. What gdb does not look at is 0. */
struct status {
    uint16_t signal[6];
    uint16_t current_signal, padding;
    uint32_t pending, held, process, parent, group, session, times[8];
    uint32_t ebx, ecx, edx, esi, edi, ebp, eax, ds, es, fs, gs, original_eax, eip, cs, eflags, esp, ss;
    uint32_t floating_point;
};
_Static_assert(sizeof(struct status) == 144, "what gdb takes for a process status of i386");
enum { NOTE_STATUS = 1, SIGNAL_SEGV = 11 };

struct note {
    uint32_t name_size, content_size, type;
    char name[8];
    struct status status;
};

struct core {
    struct elf_header header;
    struct segment segments[2];
    struct note note;
};

static void write(uint32_t address, uint32_t count)
{
    const uint8_t *bytes = (const uint8_t *)address;

    __asm__ volatile("cld\n\trep outsb" : "+S"(bytes), "+c"(count) : "d"(DEBUG_CONSOLE) : "memory");
}

static void describe_file(struct core *core)
{
    static const uint8_t identification[16] = {0x7f, 'E', 'L', 'F', 1 /* 32 bits */, 1 /* lowest byte first */, 1};
    struct elf_header *header = &core->header;

    for (unsigned i = 0; i < sizeof identification; i++)
        header->identification[i] = identification[i];
    header->type = ELF_CORE;
    header->machine = ELF_386;
    header->version = ELF_CURRENT;
    header->segments_offset = __builtin_offsetof(struct core, segments);
    header->size = sizeof *header;
    header->segment_size = sizeof core->segments[0];
    header->segment_count = sizeof core->segments / sizeof core->segments[0];
}

static void describe_registers(struct core *core)
{
    struct segment *segment = &core->segments[0];
    struct note *note = &core->note;
    struct status *status = &note->status;

    segment->type = SEGMENT_NOTE;
    segment->offset = __builtin_offsetof(struct core, note);
    segment->file_size = sizeof *note;
    note->name_size = sizeof "CORE";
    note->content_size = sizeof *status;
    note->type = NOTE_STATUS;
    for (unsigned i = 0; i < note->name_size; i++)
        note->name[i] = "CORE"[i];
    status->current_signal = SIGNAL_SEGV;
    status->process = 1;
    status->eax = tss.eax;
    status->ebx = tss.ebx;
    status->ecx = tss.ecx;
    status->edx = tss.edx;
    status->esi = tss.esi;
    status->edi = tss.edi;
    status->ebp = tss.ebp;
    status->esp = tss.esp;
    status->eip = tss.eip;
    status->eflags = tss.eflags;
    status->cs = KERNEL_CODE;
    status->ss = KERNEL_DATA;
}

static void describe_stack(struct core *core, const struct ksg_stack *stack)
{
    struct segment *segment = &core->segments[1];

    segment->type = SEGMENT_LOAD;
    segment->offset = sizeof *core;
    segment->linear = stack->limit;
    segment->file_size = segment->memory_size = stack->base - stack->limit;
    segment->flags = SEGMENT_READABLE;
}

void core_write(const struct ksg_stack *stack)
{
    static struct core core;

    describe_file(&core);
    describe_registers(&core);
    describe_stack(&core, stack);
    write((uint32_t)&core, sizeof core);
    write(stack->limit, stack->base - stack->limit);
}
