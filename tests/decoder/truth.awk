# Where unwind information says that the return address and the caller's EBP are, at every instruction.
#
#     awk -f truth.awk STARTS FRAMES CODE
#
# STARTS has "piece start" for functions of which a piece lies elsewhere, FRAMES is `readelf --debug-dump=frames-interp`,
# CODE what `list ... instructions` says at each instruction that objdump sees. Prints for tests/decoder.sh
#
#     start pc at_call cfa-register cfa-offset ebp
#
# ebp is "u" when the register still has it, the offset below the CFA at which it was saved, or "exp".

function value(text,    i, sum)
{
    sum = 0
    for (i = 1; i <= length(text); i++)
        sum = sum * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return sum
}

function hexadecimal(number,    text)
{
    do {
        text = substr("0123456789abcdef", number % 16 + 1, 1) text
        number = int(number / 16)
    } while (number > 0)
    return text
}

function plain(text)
{
    sub(/^0+/, "", text)
    return text == "" ? "0" : text
}

FILENAME == ARGV[1] {
    parent[plain($1)] = plain($2)
    next
}

FILENAME == ARGV[2] && / FDE / {
    split($0, part, "pc=")
    split(part[2], part, /\.\./)
    sub(/^0+/, "", part[1])
    functions++
    first[functions] = part[1]
    last[functions] = value(part[2])
    rows = 0
    next
}


FILENAME == ARGV[2] && $1 == "LOC" {
    ebp_column = 0
    for (i = 1; i <= NF; i++) {
        if ($i == "ebp")
            ebp_column = i
    }
    next
}

FILENAME == ARGV[2] && NF >= 3 && $1 ~ /^[0-9a-f]+$/ && length($1) == 8 && functions {
    address = plain($1)
    cfa[address] = $2
    ebp[address] = ebp_column ? $ebp_column : "u"
    owner[address] = functions
    next
}

FILENAME == ARGV[3] {
    pc = $1
    if (pc in owner) {
        current = owner[pc]
        rule = cfa[pc]
        where = ebp[pc]
    }
    if (!current || value(pc) >= last[current]) {
        current = 0
        next
    }
    start = first[current]
    if (start in parent)
        start = parent[start]
    else if (cfa[start] != "esp+4")
        start = 0
    if (return_address == pc)
        print call_start, pc, 1, call_rule, call_where
    return_address = ""
    if ($9 == "nop" && (behind_end || padding)) { # fills the space up to the next function or loop
        padding = 1
        next
    }
    padding = 0
    behind_end = $3 ~ /^(ret|jump|ijump|stop|fret|iret|call|icall)$/
    print start, pc, 0, rule, where
    next_pc = hexadecimal(value(pc) + $2)
    if ($3 == "icall" || $3 == "call" && $6 != next_pc) {
        return_address = next_pc
        call_start = start
        call_rule = rule
        call_where = where
    }
}
