/* The layers that the victim's system call goes through, each a module of its own. */
#ifndef TESTS_INJECT_LAYERS_H
#define TESTS_INJECT_LAYERS_H

#include <stdint.h>

uint32_t filter_read(uint32_t file);                    /* filter.c */
uint32_t files_read(uint32_t file, uint32_t position);  /* files.c */
uint32_t disk_read(uint32_t block, uint32_t depth);     /* disk.c */
uint32_t victim_window(uint32_t offset);                /* memory that is read in when it is touched */
uint32_t victim_end(uint32_t block);                    /* crashes */

#endif
