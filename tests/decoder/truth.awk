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

FILENAME == ARGV[2] && / CIE / {
    functions_open = 0
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
    if (address in cfa && !(address in replaced))
        replaced[address] = 1
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
    print start, pc, 0, rule, where
    if (call && expected_pc == value(pc))
        print call, pc, 1, call_rule, call_where
    call = ""
    if ($3 == "call" && $6 != "" || $3 == "icall") {
        call = start
        expected_pc = value(pc) + $2
        call_rule = rule
        call_where = where
    }
}
