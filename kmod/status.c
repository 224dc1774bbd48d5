/* Statuses in words. */
#include "ksg.h"

const char *KSG_CALL ksg_status_text(int status)
{
    switch (status) {
    case KSG_OK:
        return "no error";
    case KSG_NULL:
        return "a pointer that is needed is 0";
    case KSG_BAD_STACK:
        return "the stack's limit is not below its base, or one of them is not a multiple of 4";
    case KSG_BAD_MODULE:
        return "the module has no range, too many, or one whose start is not below its end";
    case KSG_ALREADY_ADDED:
        return "this structure is registered already";
    case KSG_NOT_ADDED:
        return "this structure is not registered";
    case KSG_BAD_SYMBOLS:
        return "the symbol table has a wrong magic, version, size or checksum";
    case KSG_ALREADY_INSTALLED:
        return "the double fault is hooked already on this CPU";
    case KSG_NOT_INSTALLED:
        return "the double fault is not hooked on this CPU";
    case KSG_BAD_PORT:
        return "com_port is neither 0 to 4 nor the address of eight I/O ports";
    case KSG_BAD_BAUD:
        return "baud is 1, or does not divide 115200";
    case KSG_IDT_TOO_SHORT:
        return "the live IDT has no entry 8";
    case KSG_BAD_SELECTOR:
        return "gdt_selector is null, names the LDT, or its GDT entry is missing or cannot be written";
    case KSG_SELECTOR_IN_USE:
        return "the GDT entry at gdt_selector, or the one behind it that TR = 0 needs, is present";
    case KSG_GDT_TOO_LARGE:
        return "the GDT cannot be copied: selectors in use lie beyond the room for the copy";
    case KSG_NOT_FLAT:
        return "the live CS or SS is no present, flat, 32-bit ring 0 segment of the GDT";
    case KSG_BAD_TSS:
        return "TR holds a selector that is no 32-bit TSS that can be written";
    case KSG_BAD_PAGE_DIRECTORY:
        return "page_directory is not aligned as CR3 needs it";
    case KSG_GATE_REPLACED:
        return "IDT entry 8 is no longer the module's task gate";
    case KSG_TSS_REPLACED:
        return "the TSS behind the double-fault gate, or its GDT entry, is no longer as installed";
    case KSG_GDT_REPLACED:
        return "another GDT was loaded, in which the module's entry is missing";
    case KSG_IDT_REPLACED:
        return "another IDT was loaded, whose entry 8 is not the module's";
    case KSG_NO_PAGING:
        return "paging is off";
    case KSG_NOT_MAPPED:
        return "the page is not present already";
    case KSG_LARGE_PAGE:
        return "the address lies in a large page";
    case KSG_NO_PAGE_TABLES:
        return "the page table could not be found where physical_to_linear says";
    case KSG_CPU_SHARES_GDT:
        return "this CPU's GDT entry is another CPU's";
    case KSG_NOT_PAINTED:
        return "no registered stack is painted";
    case KSG_STACK_TRAMPLED:
        return "a stack was used to its end, or almost";
    case KSG_BUSY:
        return "a report is being written";
    case KSG_OTHER_BUILD:
        return "the symbol table was made from another build than the code in memory";
    case KSG_OLD_GDT_WRITTEN:
        return "the kernel has written to the GDT that was copied, which is not in use any more";
    default:
        return "no status of this module";
    }
}
