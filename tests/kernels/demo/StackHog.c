/* StackHog, the program: in user mode it asks its driver to scan one file. */
#include "io.h"

USER_VARIABLE uint32_t StackHogStatus;
USER_VARIABLE static char path[PATH_LENGTH] = "C:\\reports\\november.txt";

USER_FUNCTION void StackHog(void)
{
    StackHogStatus = system_call(NT_DEVICE_IO_CONTROL_FILE, (uint32_t)path, 0, 0);
    system_call(SYSTEM_EXIT, 0, 0, 0);
}
