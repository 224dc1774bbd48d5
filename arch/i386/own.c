/* Where the module itself lies in memory. */
#include "own.h"

/* kmod/ksg.ld; 0 where the objects were linked without it. The sizes are absolute symbols, whose address is their value. */
#define DEFINED_BY_LINKER extern const uint8_t __attribute__((weak))
DEFINED_BY_LINKER own_text[], own_rodata[], own_data[], own_bss[];
DEFINED_BY_LINKER own_text_size[], own_rodata_size[], own_data_size[], own_bss_size[];

static struct ksg_range range(const void *start, uint32_t size)
{
    return (struct ksg_range){(uint32_t)start, (uint32_t)start + size};
}

const struct ksg_range *own_ranges(const struct cpu *cpu)
{
    static struct ksg_range ranges[OWN_RANGES];

    ranges[0] = range(own_text, (uint32_t)own_text_size);
    ranges[1] = range(own_rodata, (uint32_t)own_rodata_size);
    ranges[2] = range(own_data, (uint32_t)own_data_size);
    ranges[3] = range(own_bss, (uint32_t)own_bss_size);
    ranges[4] = range(cpu, sizeof *cpu);
    return ranges[0].end ? ranges : 0;
}
