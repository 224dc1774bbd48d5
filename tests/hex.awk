# Hexadecimal numbers, for awk programs that are run behind this one: awk -f tests/hex.awk -f PROGRAM. POSIX awk reads
# none, and printf's %x takes none above 2^31 in some awks.

# The value of the hexadecimal digits that a text begins with.
function unhex(text,    i, digit, value_so_far)
{
    value_so_far = 0
    for (i = 1; i <= length(text); i++) {
        digit = index("0123456789abcdef", substr(text, i, 1))
        if (!digit)
            break
        value_so_far = value_so_far * 16 + digit - 1
    }
    return value_so_far
}

function hexadecimal(number_,    digits, sign)
{
    if (number_ < 0) {
        sign = "-"
        number_ = -number_
    }
    do {
        digits = substr("0123456789abcdef", number_ % 16 + 1, 1) digits
        number_ = int(number_ / 16)
    } while (number_ > 0)
    return sign digits
}
