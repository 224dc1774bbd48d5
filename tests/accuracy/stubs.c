/* Assembly that interrupts enter: stubs of many layouts, by what stands between the CPU's words and the call. */
#include "writer.h"

/* What EBP holds when C is called. */
enum stub_ebp {
    EBP_INTERRUPTED, /* what it held */
    EBP_FRAME,       /* the stub's own frame: it begins with push ebp; mov ebp, esp */
    EBP_COPIES,      /* the address of copies of the interrupted EBP and EIP, as a debugger likes them */
    EBP_REGISTERS,   /* the address of the saved registers */
    EBP_ZERO,
    EBP_KINDS
};

struct stub {
    struct writer writer;
    struct random *random;
    enum stub_ebp ebp;
    bool error_code;   /* the CPU pushes one */
    bool numbered;     /* pushes an error code if there is none, and its vector */
    bool all;          /* pusha, not single pushes */
    unsigned segments; /* how many of ds, es, fs, gs it keeps */
    unsigned locals;   /* bytes */
    bool lets_others_in;
    unsigned kept_count;
    const char *kept[7];
};

#define NAME_LONGEST 40
#define KERNEL_DATA 0x10

static bool chance(struct stub *stub, unsigned percent)
{
    return random_chance(stub->random, percent);
}

static void write_single_saves(struct stub *stub)
{
    static const char *const registers[] = {"%eax", "%ecx", "%edx", "%ebx", "%esi", "%edi", "%ebp"};
    bool keeps_ebp = stub->ebp != EBP_INTERRUPTED && stub->ebp != EBP_FRAME;

    stub->kept_count = 0;
    for (unsigned i = 0; i < 7; i++) {
        bool needed = i < 3 || (i == 6 && keeps_ebp);
        bool kept_already = i == 6 && stub->ebp == EBP_FRAME;

        if (kept_already || (!needed && !chance(stub, 40)))
            continue;
        stub->kept[stub->kept_count++] = registers[i];
        writer_push(&stub->writer, registers[i], true);
    }
}

static void write_saves(struct stub *stub)
{
    static const char *const order[] = {"%edi", "%esi", "%ebp", "%esp", "%ebx", "%edx", "%ecx", "%eax"};

    if (!stub->all) {
        write_single_saves(stub);
        return;
    }
    writer_move(&stub->writer, 32, "pushal");
    for (unsigned i = 0; i < 8; i++)
        if (i != 3 && (i != 2 || stub->ebp != EBP_FRAME))
            writer_stored(&stub->writer, order[i], 4 * i);
}

static void write_restores(struct stub *stub)
{
    static const char *const registers[] = {"eax", "ecx", "edx", "ebx", "esi", "edi", "ebp"};

    if (!stub->all) {
        for (unsigned i = stub->kept_count; i > 0; i--)
            writer_pop(&stub->writer, stub->kept[i - 1], true);
        return;
    }
    writer_move(&stub->writer, -32, "popal");
    for (unsigned i = 0; i < 7; i++)
        if (i != 6 || stub->ebp != EBP_FRAME)
            fprintf(stub->writer.file, "    .cfi_restore %%%s\n", registers[i]);
}

static void write_segments(struct stub *stub)
{
    static const char *const segments[] = {"%ds", "%es", "%fs", "%gs"};

    for (unsigned i = 0; i < stub->segments; i++)
        writer_push(&stub->writer, segments[i], false);
    if (stub->segments)
        writer_line(&stub->writer, "movl $%u, %%eax", KERNEL_DATA);
    for (unsigned i = 0; i < stub->segments; i++)
        writer_line(&stub->writer, "movw %%ax, %s", segments[i]);
}

static void write_segments_back(struct stub *stub)
{
    static const char *const segments[] = {"%ds", "%es", "%fs", "%gs"};

    for (unsigned i = stub->segments; i > 0; i--)
        writer_pop(&stub->writer, segments[i - 1], false);
}

/* The words that the CPU pushed, for the copies. */
static unsigned eip_above(const struct stub *stub)
{
    return stub->writer.depth - 12;
}

static void write_ebp(struct stub *stub)
{
    switch (stub->ebp) {
    case EBP_COPIES:
        writer_move(&stub->writer, 4, "pushl %u(%%esp)", eip_above(stub));
        writer_push(&stub->writer, "%ebp", false);
        writer_line(&stub->writer, "movl %%esp, %%ebp");
        break;
    case EBP_REGISTERS:
        writer_line(&stub->writer, "movl %%esp, %%ebp");
        break;
    case EBP_ZERO:
        writer_line(&stub->writer, "xorl %%ebp, %%ebp");
        break;
    default:
        break;
    }
}

/* vector: 0 when it is on the stack, 20 bytes below the interrupted ESP. */
static void write_call(struct stub *stub, unsigned vector)
{
    struct writer *writer = &stub->writer;

    if (stub->lets_others_in)
        writer_line(writer, "sti");
    if (vector)
        writer_move(writer, 4, "pushl $%u", vector);
    else
        writer_move(writer, 4, "pushl %u(%%esp)", writer->depth - 20);
    if (chance(stub, 70)) {
        writer_line(writer, "call interrupt_vector");
    } else {
        writer_line(writer, "movl $interrupt_vector, %%eax");
        writer_line(writer, "call *%%eax");
    }
    if (chance(stub, 70))
        writer_move(writer, -4, "addl $4, %%esp");
    else
        writer_pop(writer, "%ecx", false);
}

/* All that follows what was pushed first. */
static void write_rest(struct stub *stub, unsigned vector)
{
    struct writer *writer = &stub->writer;
    unsigned first = writer->depth;

    if (stub->ebp == EBP_FRAME) {
        writer_push(writer, "%ebp", true);
        writer_frame(writer);
    }
    write_saves(stub);
    write_segments(stub);
    write_ebp(stub);
    if (stub->locals)
        writer_move(writer, (int)stub->locals, "subl $%u, %%esp", stub->locals);
    writer_line(writer, "cld");
    write_call(stub, vector);
    if (stub->locals)
        writer_move(writer, -(int)stub->locals, "addl $%u, %%esp", stub->locals);
    if (stub->ebp == EBP_COPIES)
        writer_move(writer, -8, "addl $8, %%esp");
    write_segments_back(stub);
    write_restores(stub);
    if (stub->ebp == EBP_FRAME)
        writer_leave(writer);
    if (first > 12)
        writer_move(writer, -(int)(first - 12), "addl $%u, %%esp", first - 12);
    writer_line(writer, "iret");
}

static void begin(struct stub *stub, struct plan *plan, const char *name, unsigned depth)
{
    writer_begin(&stub->writer, plan, name, true);
    stub->writer.depth = depth;
    fprintf(stub->writer.file, "    .cfi_signal_frame\n    .cfi_def_cfa_offset %u\n    .cfi_offset %%eip, -12\n",
            depth);
}

static struct stub random_stub(struct plan *plan)
{
    struct stub stub = {.random = &plan->random};

    stub.ebp = random_below(&plan->random, EBP_KINDS);
    stub.numbered = chance(&stub, 50);
    stub.all = chance(&stub, 70);
    stub.segments = random_below(&plan->random, 5);
    stub.locals = chance(&stub, 25) ? 4 * random_below(&plan->random, 20) : 0;
    stub.lets_others_in = chance(&stub, 25);
    return stub;
}

static void write_numbers(struct stub *stub, unsigned vector)
{
    if (!stub->error_code)
        writer_move(&stub->writer, 4, "pushl $0");
    writer_move(&stub->writer, 4, "pushl $%u", vector);
}

static void write_stub(struct plan *plan, unsigned vector, bool jumps)
{
    struct stub stub = random_stub(plan);
    char name[NAME_LONGEST];

    stub.error_code = vector == PAGE_FAULT;
    if (stub.error_code) /* or another page fault comes before CR2 is read */
        stub.lets_others_in = false;
    snprintf(name, sizeof name, "trap_p%u_%u", plan->number, vector);
    begin(&stub, plan, name, stub.error_code ? 16 : 12);
    if (jumps) {
        write_numbers(&stub, vector);
        writer_line(&stub.writer, "jmp trap_p%u_common", plan->number);
    } else {
        if (stub.numbered)
            write_numbers(&stub, vector);
        write_rest(&stub, vector);
    }
    writer_end(&stub.writer, name, true);
}

static void write_common(struct plan *plan)
{
    struct stub stub = random_stub(plan);
    char name[NAME_LONGEST];

    stub.lets_others_in = false;
    snprintf(name, sizeof name, "trap_p%u_common", plan->number);
    begin(&stub, plan, name, 20);
    write_rest(&stub, 0);
    writer_end(&stub.writer, name, true);
}

void stubs_write(struct plan *plan)
{
    bool some_jump = random_chance(&plan->random, 40);

    for (unsigned i = 0; i < plan->gate_count; i++)
        write_stub(plan, plan->gates[i], some_jump && random_chance(&plan->random, 50));
    if (some_jump)
        write_common(plan);
}
