/* More code for the victim, whose bytes are here: large frames, and instructions that raise exceptions. */
#ifndef TESTS_UNIT_HOG_H
#define TESTS_UNIT_HOG_H

#include "crashed.h"

#define HOG 0xc0300000u

/* Functions, and the instructions in them that tests name. */
#define HOG_START (HOG + 0x00)
#define HOG_START_SPREAD (HOG + 0x0b) /* it called spread */
#define HOG_SPREAD (HOG + 0x10)
#define HOG_SPREAD_DEEP (HOG + 0x1e) /* it called deep */
#define HOG_DEEP (HOG + 0x20)
#define HOG_DEEP_BODY (HOG + 0x26)
#define HOG_DEEP_POINTER (HOG + 0x28) /* it called through a pointer */
#define HOG_ALLOCA (HOG + 0x50)
#define HOG_ALLOCA_DEEP (HOG + 0x5a)
#define HOG_LOADS (HOG + 0x60)
#define HOG_LOADS_DEEP (HOG + 0x6a)
#define HOG_LONG (HOG + 0x6c)     /* its name is longer than any that a report keeps */
#define HOG_FULL (HOG + 0x6e)     /* a remark follows right behind its name */
#define HOG_ODD (HOG + 0x40)
#define HOG_UD2 (HOG + 0x40)
#define HOG_INT (HOG + 0x42)      /* int 2dh */
#define HOG_DIVIDE (HOG + 0x44)   /* div ecx */
#define HOG_STORE (HOG + 0x46)    /* mov [dead0000], eax */
#define HOG_INT_8 (HOG + 0x4b)    /* int 8 */
#define HOG_AFTER_INT_8 (HOG + 0x4d)
#define SPREAD_LOCALS 0x2800u

static struct {
    struct ksg_range range;
    struct ksg_module module;
    void *symbols;
} hog;

/* Adds the code, and the module of that name with its functions. */
static inline void add_hog(void)
{
    static const uint8_t code[] = {
        0x55, 0x89, 0xe5, 0x83, 0xec, 0x08, 0xe8, 0x05, 0,    0,    0,    /* start: 8 of locals; call spread */
        0xc9, 0xc3, 0x90, 0x90, 0x90,                                     /* leave; ret */
        0x55, 0x89, 0xe5, 0x81, 0xec, 0x00, 0x28, 0,    0,                /* spread: 2800h of locals */
        0xe8, 0x02, 0,    0,    0,                                        /* call deep */
        0xc9, 0xc3,                                                       /* leave; ret */
        0x55, 0x89, 0xe5, 0x83, 0xec, 0x10, 0xff, 0x13, 0xc9, 0xc3,       /* deep: 10h of locals; call [ebx] */
        0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90,
        0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90,
        0x0f, 0x0b, 0xcd, 0x2d, 0xf7, 0xf1, 0xa3, 0,    0,    0xad, 0xde, 0xcd, 0x08, 0xc3, 0x90, 0x90,
        0x55, 0x89, 0xe5, 0x29, 0xc4, 0xe8, 0xc6, 0xff, 0xff, 0xff,       /* alloca: sub esp, eax; call deep */
        0xc9, 0xc3, 0x90, 0x90, 0x90, 0x90,
        0x55, 0x89, 0xe5, 0x8b, 0x23, 0xe8, 0xb6, 0xff, 0xff, 0xff,       /* loads: mov esp, [ebx]; call deep */
        0xc9, 0xc3,
        0x0f, 0x0b,                                                       /* its only instruction */
        0x0f, 0x0b};                                                      /* the same */
    static const struct {
        uint32_t start;
        const char *name;
    } functions[] = {{HOG_START, "start"}, {HOG_SPREAD, "spread"}, {HOG_DEEP, "deep"}, {HOG_ODD, "odd"},
                   {HOG_ALLOCA, "alloca"}, {HOG_LOADS, "loads"},
                   {HOG_LONG, "called_something_that_needs_rather_a_lot_of_room"},
                   {HOG_FULL, "called_and_needs_all_of_its_space"}};

    memcpy(pieces_add(&victim.pieces, HOG, sizeof code), code, sizeof code);
    hog.range = (struct ksg_range){HOG, HOG + sizeof code};
    if (!hog.symbols) {
        struct table *table = table_new();
        uint32_t size;

        table_range(table, HOG, HOG + sizeof code, table_module(table, "hog"));
        for (unsigned i = 0; i < sizeof functions / sizeof functions[0]; i++)
            table_symbol(table, functions[i].start, functions[i].name);
        hog.symbols = table_build(table, &size);
        table_free(table);
    }
    hog.module = (struct ksg_module){.name = "hog", .ranges = &hog.range, .range_count = 1, .symbols = hog.symbols};
    if (ksg_add_module(&hog.module) != KSG_OK) {
        printf("Bail out! the module hog is refused\n");
        exit(2);
    }
}

#endif
