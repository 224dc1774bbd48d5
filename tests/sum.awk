# The sum of a report's line (kmod/sum.h), taken by other code than the module's; for awk programs that are run behind this
# one: awk -f tests/sum.awk -f PROGRAM.

BEGIN {
    for (code = 32; code < 127; code++)
        code_of[sprintf("%c", code)] = code
}

# Three digits to the base 64: what is left when the number with the digits 1 and then the line's characters, to the base
# 256, is divided by 262139.
function sum_of(line,    i, remainder)
{
    remainder = 1
    for (i = 1; i <= length(line); i++)
        remainder = (remainder * 256 + code_of[substr(line, i, 1)]) % 262139
    return digit64(int(remainder / 4096)) digit64(int(remainder / 64) % 64) digit64(remainder % 64)
}

function digit64(value)
{
    return substr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", value + 1, 1)
}

function ends_in_own_sum(line)
{
    return substr(line, length(line) - 3) == " " sum_of(substr(line, 1, length(line) - 4))
}
