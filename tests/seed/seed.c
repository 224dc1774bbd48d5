/*
 * Prints the report of the seed's crash:
 *
 *     seed FOLDER found     from the start that the article's author found by hand
 *     seed FOLDER nothing   from nothing: EBP 0, ESP at the stack's limit, EIP not known
 */
#include <string.h>

#include "../../kmod/host/fail.h"
#include "report.h"
#include "stackhog.h"

const char program_name[] = "seed";

int main(int argc, char **argv)
{
    static struct stackhog stackhog;

    if (argc != 3 || (strcmp(argv[2], "found") != 0 && strcmp(argv[2], "nothing") != 0))
        fail(EXIT_WRONG_COMMAND, "usage: seed FOLDER found|nothing");
    stackhog_load(&stackhog, argv[1]);
    if (strcmp(argv[2], "nothing") == 0)
        stackhog_forget_start(&stackhog);
    report_crash(&stackhog.machine, &stackhog.crash);
    return 0;
}
