# What `objdump -d -w -M intel` says, in the words of `list ... instructions`: an independent opinion on each instruction.
#
#     address length kind esp_change immediate target pointer ebp|- nop|-
#
# immediate is given where the kind has one, else -.

function number(text,    value, i, negative)
{
    negative = sub(/^-/, "", text)
    if (sub(/^0x/, "", text)) {
        value = 0
        for (i = 1; i <= length(text); i++)
            value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    } else {
        value = text + 0
    }
    return negative ? -value : value
}

# As 32 bits, in hexadecimal; mawk's %x is signed.
function hexadecimal(value,    text)
{
    if (value < 0)
        value += 4294967296
    do {
        text = substr("0123456789abcdef", value % 16 + 1, 1) text
        value = int(value / 16)
    } while (value > 0)
    return text
}

function signed(value)
{
    return value >= 2147483648 ? value - 4294967296 : value
}

# The constant n of [esp+n] or [esp-n], whatever the register.
function displacement(operand)
{
    if (operand !~ /[+-]0x/)
        return 0
    sub(/^\[[a-z]*\+?/, "", operand)
    sub(/\]$/, "", operand)
    return number(operand)
}

function is_wide(name) { return name == "esp" || name == "ebp" || name == "sp" || name == "bp" }

function writes(operand)
{
    if (operand == "esp" || operand == "sp")
        kind = "lost"
    if (operand == "ebp" || operand == "bp")
        ebp = "ebp"
}

BEGIN {
    reads_only = " cmp test bt nop lldt ltr verr verw lmsw bound mul div idiv ud0 ud1 vmwrite invlpg out jmp " \
        "invept invvpid prefetch prefetchw prefetchnta prefetcht0 prefetcht1 prefetcht2 arpl.m ptwrite "
    prefixes = " lock rep repz repnz repne repe bnd notrack data16 addr16 cs ds es ss fs gs xacquire xrelease "
    split("", none)
}

$1 !~ /^[0-9a-f]+:$/ { next }

{
    fields = split($0, column, "\t")
    address = column[1]
    gsub(/[ :]/, "", address)
    length_ = split(column[2], none, " ")
    text = column[3]
    sub(/ *[#<].*/, "", text)
    sub(/ +$/, "", text)
    first = text
    while (1) {
        word = text
        sub(/ .*/, "", word)
        if (index(prefixes, " " word " ") == 0 || word == text)
            break
        sub(/^[^ ]* +/, "", text)
    }
    if (text ~ /\(bad\)/ || text == "" || index(prefixes, " " text " ") > 0) {
        print address, "bad"
        next
    }
    name = text
    sub(/ .*/, "", name)
    operands = text
    if (!sub(/^[^ ]* +/, "", operands))
        operands = ""
    count = split(operands, operand, ",")
    kind = "other"
    change = 0
    immediate = "-"
    target = 0
    pointer = 0
    ebp = "-"
    if (name ~ /^push/ || name ~ /^pop/ && name != "popcnt") {
        bytes = name ~ /w$/ || operands ~ /^WORD PTR/ || operands ~ /^([abcd]x|[sb]p|[sd]i)$/ ? 2 : 4
        if (name ~ /^(push|pop)a/)
            bytes *= 8
        change = name ~ /^push/ ? -bytes : bytes
        kind = name ~ /^push/ ? "push" : "pop"
        if (name ~ /^(push|pop)$/ && operands == "ebp")
            kind = kind "-ebp"
        else if (kind == "pop")
            writes(operands)
        if (kind == "lost")
            change = 0
        if (name ~ /^popa/)
            ebp = "ebp"
    } else if (name == "call" || name == "jmp" || name ~ /^j/ || name ~ /^loop/) {
        if (name != "call" && name != "jmp")
            kind = "branch"
        else if (operands ~ /^0x[0-9a-f]+:0x/)
            kind = name == "call" ? "fcall" : "jump"
        else if (operands ~ /^(0x)?[0-9a-f]+$/ && operands !~ /^[abcd]x$/)
            kind = name == "call" ? "call" : "jump"
        else
            kind = name == "call" ? "icall" : "ijump"
        if (kind !~ /^i/) {
            target = operands
            sub(/^0x[0-9a-f]+:/, "", target)
            sub(/^0x/, "", target)
        } else if (kind == "icall" && operands ~ /PTR ds:0x/) {
            pointer = operands
            sub(/.*:0x/, "", pointer)
        }
    } else if (name ~ /^ret[wn]?$/) {
        kind = name == "retw" ? "stop" : "ret"
        immediate = hexadecimal(number(operands == "" ? "0x0" : operands))
        if (kind == "stop")
            immediate = "-"
    } else if (name ~ /^(retf|lret)/) {
        kind = "fret"
    } else if (name ~ /^iret/ || name ~ /^sysexit/ || name ~ /^sysret/) {
        kind = "iret"
    } else if (name == "int" || name == "int3" || name == "into" || name == "int1" || name == "icebp") {
        kind = "int"
        immediate = name == "int" ? hexadecimal(number(operands)) : name == "int3" ? 3 : name == "into" ? 4 : 1
    } else if (name ~ /^sysenter/ || name ~ /^syscall/) {
        kind = "int"
    } else if (name ~ /^ud[012]/) {
        kind = "stop"
    } else if (name == "leave" || name == "leavew") {
        kind = name == "leave" ? "leave" : "lost"
        ebp = name == "leave" ? "-" : "ebp"
    } else if (name == "enter" || name == "enterw") {
        kind = number(operand[2]) % 32 || name == "enterw" ? "lost" : "enter"
        ebp = kind == "lost" ? "ebp" : "-"
        immediate = kind == "enter" ? hexadecimal(number(operand[1])) : "-"
    } else if (name == "mov" && operands == "ebp,esp") {
        kind = "ebp=esp"
    } else if (name == "mov" && operands == "esp,ebp") {
        kind = "esp=ebp"
        immediate = 0
    } else if (name == "mov" && operands == "esp,esp") {
        kind = "other"
    } else if (name == "lea" && operands ~ /^esp,\[esp([+-]0x[0-9a-f]+)?\]$/) {
        kind = "adjust"
        change = displacement(operand[2])
    } else if (name == "lea" && operands ~ /^esp,\[ebp[+-]0x[0-9a-f]+\]$/) {
        kind = "esp=ebp"
        immediate = hexadecimal(displacement(operand[2]))
    } else if (name == "lea" && operands ~ /^ebp,\[esp([+-]0x[0-9a-f]+)?\]$/) {
        kind = "lea-ebp"
        immediate = hexadecimal(displacement(operand[2]))
    } else if ((name == "add" || name == "sub") && operands ~ /^esp,(0x)?[0-9a-f]+$/) {
        kind = "adjust"
        change = signed(number(operand[2])) * (name == "sub" ? -1 : 1)
        if (change == 2147483648)
            change = -change
    } else if (name == "and" && operands ~ /^esp,(0x)?[0-9a-f]+$/) {
        kind = "align"
        immediate = hexadecimal(number(operand[2]))
    } else if (name == "xchg" || name == "xadd") {
        writes(operand[1])
        writes(operand[2])
    } else if (name == "imul" && count > 1 || index(reads_only, " " name " ") == 0 && name != "imul") {
        writes(operand[1])
    }
    is_filler = name == "nop" || (count == 2 && name ~ /^(mov|xchg)$/ && operand[1] == operand[2]) ||
        (name == "lea" && operands ~ /\+0x0\]$/)
    print address, length_, kind, change, immediate, target, pointer, ebp, is_filler ? "nop" : "-"
}
