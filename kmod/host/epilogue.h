/* Code that a fault in a function is led on to: it ends as the function does. */
#ifndef KMOD_HOST_EPILOGUE_H
#define KMOD_HOST_EPILOGUE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Does the code at label, which ends at end at the latest, take back from the stack what the function at start in front
 * of it has pushed? Without a push of its own it comes to a RET that has the same pops before it as the function's last
 * one. code: the bytes from start on.
 */
bool epilogue_shared(const uint8_t *code, uint32_t start, uint32_t label, uint32_t end);

#endif
