/*
 * Reads GNU ld's map, and gold's. The lines that matter:
 *
 *     .text           0x00100000       0x26             an output section
 *      .text          0x00100008       0x17 a.o         an input section in it
 *      .text.a_long_name                                a name of 15 characters and more stands alone,
 *                     0x00100020        0x6 a.o         and its numbers on the next line
 *                     0x00100026                        _etext = .
 *
 * What only looks like one of them: *fill* and gold's ** zero fill, patterns such as *(.text), statements such as LONG,
 * symbols, LOAD. The headings between are not looked at: they are in the user's language.
 */
#include <stdlib.h>
#include <string.h>

#include "map_reader.h"

static bool next_number(char **rest, uint32_t *number)
{
    char *start = *rest + strspn(*rest, " ");
    char *end;
    unsigned long long value;

    if (start[0] != '0' || start[1] != 'x')
        return false;
    value = strtoull(start, &end, 16);
    if (value > UINT32_MAX || (*end != ' ' && *end != 0))
        return false;
    *rest = end;
    *number = (uint32_t)value;
    return true;
}

static bool next_place(char **rest, uint32_t *address, uint32_t *size)
{
    return next_number(rest, address) && next_number(rest, size);
}

/* The end of the name that a place follows, which is read; 0: there is none. A name may have blanks in it. */
static char *end_of_name(char *text, char **rest, uint32_t *address, uint32_t *size)
{
    for (char *end = strchr(text, ' '); end; end = strchr(end + strspn(end, " "), ' ')) {
        *rest = end;
        if (next_place(rest, address, size))
            return end;
    }
    return 0;
}

static void add_section(struct map_reader *reader, bool is_output, const char *name, uint32_t address, uint32_t size,
                        const char *object)
{
    if (is_output)
        map_output(reader, name, address, size);
    else if (name[0] != '*')
        map_input(reader, name, address, size, object + strspn(object, " "));
}

void map_gnu_line(struct map_reader *reader, char *line)
{
    size_t indent = strspn(line, " ");
    char *text = line + indent;
    char *name = reader->name;
    char *rest, *end;
    uint32_t address, size;

    reader->name = 0;
    if (indent > 1) {
        if (name && next_place(&text, &address, &size))
            add_section(reader, reader->name_is_output, name, address, size, text);
        else if (!strstr(line, "[!provide]")) /* an object file defines that one itself */
            map_assignment(reader, text);
        return;
    }
    if (indent == 0)
        reader->output = 0;
    end = end_of_name(text, &rest, &address, &size);
    if (end) {
        *end = 0;
        add_section(reader, indent == 0, text, address, size, rest);
    } else if (*text && !strpbrk(text, "*(")) {
        reader->name = text;
        reader->name_is_output = indent == 0;
    }
}
