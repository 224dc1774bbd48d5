# The sum of a report's line (kmod/sum.h), taken by other code than the module's; for awk programs that are run behind this
# one: awk -f tests/sum.awk -f PROGRAM.

BEGIN {
    for (code = 32; code < 127; code++)
        code_of[sprintf("%c", code)] = code
}

# Three digits to the base 64: the pairs of characters, each a number of two digits to the base 256, the lower one first, times
# their places from the end, and one more for each place; of that the remainder by 262139.
function sum_of(line,    places, i, sum)
{
    places = int((length(line) + 1) / 2)
    sum = places
    for (i = 0; i < places; i++)
        sum += (places - i) * (code_of[substr(line, 2 * i + 1, 1)] + 256 * code_of[substr(line, 2 * i + 2, 1)])
    sum = sum % 4294967296 % 262139
    return digit64(int(sum / 4096)) digit64(int(sum / 64) % 64) digit64(sum % 64)
}

function digit64(value)
{
    return substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", value + 1, 1)
}

function ends_in_own_sum(line)
{
    return substr(line, length(line) - 3) == " " sum_of(substr(line, 1, length(line) - 4))
}
