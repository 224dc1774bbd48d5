# Where the unwind information says that the return address and the caller's EBP are, at every instruction.
#
#     awk -f truth.awk PIECES FRAMES CODE
#
# PIECES has "piece function" for each function of which a piece lies elsewhere, FRAMES is what
# `readelf --debug-dump=frames-interp` says, CODE what expected.awk says. Prints
#
#     start end pc at_call rule ebp
#
# start is 0 where the function is not known; end is that of the piece that pc, or the call before it, is in. rule is esp+N
# or ebp+N: the address right above the return address; or both, esp+N/ebp+N, where EBP is just copied to ESP. ebp is "u"
# while the register has the caller's, else c-N, relative to the same address; or both, u/c-N, where EBP is just copied to
# the stack.
#
# Unwind information is not always the truth: gcc knows nothing of pushes in assembly, clang is late by an instruction
# or two. Where it does not change by what the instruction before has done to ESP, the place is left out. So is what no
# control gets to: gas fills a large gap with a jump over nops.

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

# How much rule is off after the instruction before, whose rule is old_rule. When that instruction stands right behind a
# call, it was old_rule that was off: it did not know yet what the callee had popped.
function follow(    difference)
{
    if (rule !~ /^esp/ || old_rule !~ /^esp/ || old_kind ~ /^(esp=ebp|leave|lost|align|enter)$/)
        drift = difference = 0
    else if (old_kind !~ /call$/)
        difference = substr(old_rule, 5) - old_change - substr(rule, 5)
    if (held != "" && difference != 0 && old_kind !~ /^(push|pop)/) {
        held = ""
        difference = 0
    }
    drift += difference
}

# EBP is copied to ESP: before and after, EBP will do as well.
function copies_ebp(kind, immediate) { return kind == "esp=ebp" && immediate == 0 }

function by_ebp(text) { sub(/^esp/, "/ebp", text); return text ~ /^\// ? text : "" }

function release()
{
    if (held != "")
        print held, held_rule, where_held
    held = ""
}

FILENAME == ARGV[1] {
    parent[plain($1)] = plain($2)
    next
}

FILENAME == ARGV[2] && / FDE / {
    split($0, part, "pc=")
    split(part[2], part, /\.\./)
    functions++
    first[functions] = plain(part[1])
    last[functions] = value(part[2])
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

FILENAME == ARGV[2] && NF >= 3 && functions && $1 ~ /^[0-9a-f]+$/ && length($1) == 8 {
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
    end = hexadecimal(last[current])
    if (start in parent)
        start = parent[start]
    else if (cfa[start] != "esp+4")
        start = 0

    if (leap != "") {
        if ($9 == "filler" && pc != leap)
            next
        if (pc == leap)
            held = ""
    }
    behind_call = old_kind ~ /call$/ && pc == next_pc
    behind_end = old_kind ~ /^(ret|jump|ijump|stop|fret|iret)$/ || pc != next_pc
    leap = behind_end && $3 == "jump" ? $6 : ""
    if (behind_end) {
        drift = 0
        kept = ""
    } else {
        follow()
    }
    if (held != "" && copies_ebp(old_kind, old_immediate) && !behind_end)
        held_rule = held_rule by_ebp(rule)
    release()
    if (return_address == pc && call_drift == 0)
        print call_start, call_end, pc, 1, old_rule, old_where
    return_address = ""
    if ($9 == "filler" && (behind_end || behind_call || in_filler)) {
        in_filler = 1
        next
    }
    in_filler = 0
    if (drift == 0 && rule ~ /^e[sb]p/) {
        held = start " " end " " pc " 0"
        held_rule = rule (copies_ebp(old_kind, old_immediate) && !behind_end ? by_ebp(rule) : "")
        where_held = where == "u" && kept != "" ? "u/" kept : where
        if (!behind_call && !copies_ebp($3, $5) && leap == "")
            release()
    }
    if ($9 ~ /^keeps/ && where == "u" && rule ~ /^esp/ && drift == 0)
        kept = "c-" (substr(rule, 5) - substr($9, 7))
    old_kind = $3
    old_change = $4
    old_immediate = $5
    old_rule = rule
    old_where = where
    next_pc = hexadecimal(value(pc) + $2)
    if ($3 == "icall" || $3 == "call" && $6 != next_pc) {
        return_address = next_pc
        call_start = start
        call_end = end
        call_drift = rule ~ /^e[sb]p/ ? drift : 1
    }
}

END { release() }
