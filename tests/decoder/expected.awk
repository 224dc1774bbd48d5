# What `objdump -d -w -M intel` says of each instruction, in the words of `list instructions`: an independent opinion.
#
#     address length kind esp-change immediate target pointer ebp|- filler|keeps:N|-
#
# The last column marks what fills space between pieces of code, and what moves EBP to [esp+N]. An instruction that
# objdump does not know is "bad".

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

# As 32 bits; %x of some awks is signed.
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

function signed(value) { return value >= 2147483648 ? value - 4294967296 : value }

# The n of [register+n].
function displacement(operand)
{
    if (operand !~ /[+-]0x/)
        return 0
    sub(/^\[[a-z]*\+?/, "", operand)
    sub(/\]$/, "", operand)
    return number(operand)
}

function write_to(operand)
{
    if (operand == "esp" || operand == "sp")
        kind = "lost"
    if (operand == "ebp" || operand == "bp")
        ebp = "ebp"
}

function push_or_pop(    bytes)
{
    bytes = name ~ /w$/ || operands ~ /^WORD PTR/ || operands ~ /^([abcd]x|[sb]p|[sd]i)$/ ? 2 : 4
    if (name ~ /^(push|pop)a/)
        bytes *= 8
    change = name ~ /^push/ ? -bytes : bytes
    kind = name ~ /^push/ ? "push" : "pop"
    if (operands == "ebp")
        kind = kind "-ebp"
    else if (kind == "pop")
        write_to(operands)
    if (kind == "lost")
        change = 0
    if (name ~ /^popa/)
        ebp = "ebp"
}

function transfer(    indirect)
{
    indirect = operands ~ /PTR|\[|^[a-z][a-z]/ && operands !~ /^[0-9a-f]+$/ || operands ~ /^e?[abcd]x$/
    if (name != "call" && name != "jmp")
        kind = "branch"
    else if (operands ~ /^0x[0-9a-f]+:0x/)
        kind = name == "call" ? "fcall" : "jump"
    else if (indirect)
        kind = name == "call" ? "icall" : "ijump"
    else
        kind = name == "call" ? "call" : "jump"
    if (kind !~ /^i/) {
        target = operands
        sub(/^0x[0-9a-f]+:/, "", target)
        target = number(target ~ /^0x/ ? target : "0x" target)
        if (data16) # SDM vol. 2, Jcc: EIP and 0000FFFFH
            target %= 65536
        target = hexadecimal(target)
    } else if (kind == "icall" && operands ~ /PTR [cdes]s:0x/) {
        pointer = operands
        sub(/.*:0x/, "", pointer)
    }
}

function is_esp_constant() { return operands ~ /^esp,(0x)?[0-9a-f]+$/ }

function other()
{
    if (name == "mov" && operands == "ebp,esp") {
        kind = "ebp=esp"
    } else if (name == "mov" && operands == "esp,ebp") {
        kind = "esp=ebp"
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
    } else if ((name == "add" || name == "sub") && is_esp_constant()) {
        kind = "adjust"
        change = signed(number(operand[2]))
        if (name == "sub" && change != -2147483648)
            change = -change
    } else if (name == "and" && is_esp_constant()) {
        kind = "align"
        immediate = hexadecimal(number(operand[2]))
    } else if (name == "xchg" || name == "xadd") {
        write_to(operand[1])
        write_to(operand[2])
    } else if (index(READS_ONLY, " " name " ") == 0 && !(name == "imul" && count == 1)) {
        write_to(operand[1])
    }
}

BEGIN {
    READS_ONLY = " cmp test bt nop lldt ltr verr verw lmsw bound mul div idiv ud0 ud1 vmwrite invlpg out invept " \
        "invvpid wrfsbase wrgsbase ptwrite incsspd "
    PREFIXES = " lock rep repz repnz bnd notrack data16 addr16 cs ds es ss fs gs xacquire xrelease "
}

$1 !~ /^[0-9a-f]+:$/ { next }

{
    split($0, column, "\t")
    address = column[1]
    gsub(/[ :]/, "", address)
    bytes = split(column[2], byte, " ")
    text = column[3]
    sub(/ *[#<].*/, "", text)
    sub(/ +$/, "", text)
    data16 = 0
    while (match(text, /^[a-z0-9]+ +/) && index(PREFIXES, " " substr(text, 1, index(text, " ") - 1) " ") > 0) {
        if (text ~ /^data16 /)
            data16 = 1
        text = substr(text, RLENGTH + 1)
    }
    gsub(/\+eiz\*[1248]/, "", text) # SIB without an index
    if (text ~ /^lea/)
        gsub(/[a-z]s:/, "", text)
    for (i = 1; i < bytes && index(" 66 67 f0 f2 f3 26 2e 36 3e 64 65 ", " " byte[i] " ") > 0; i++)
        continue
    if (byte[i] == "9b" && i < bytes) { # objdump takes wait and what follows it for one instruction
        print address, bytes, "wait", 0, "-", 0, 0, "-", "-"
        next
    }
    if (text ~ /\(bad\)|^mov +cs,/ || text == "" || text ~ /\?/ || index(PREFIXES, " " text " ") > 0) {
        print address, "bad"
        next
    }
    name = operands = text
    sub(/ .*/, "", name)
    if (!sub(/^[^ ]* +/, "", operands))
        operands = ""
    count = split(operands, operand, ",")
    if (name ~ /^(call|jmp|leave|enter)w$/)
        data16 = 1
    kind = "other"
    change = target = pointer = 0
    immediate = ebp = "-"

    if (name ~ /^push/ || name ~ /^pop/ && name != "popcnt") {
        push_or_pop()
    } else if (name ~ /^(call|jmp)w?$/ || name ~ /^j/ || name ~ /^loop/) {
        sub(/^callw/, "call", name)
        sub(/^jmpw/, "jmp", name)
        transfer()
    } else if (name == "ret") {
        kind = "ret"
        immediate = hexadecimal(number(operands == "" ? 0 : operands))
    } else if (name == "retw") {
        kind = "stop"
    } else if (name ~ /^(retf|lret)/) {
        kind = "fret"
    } else if (name ~ /^(iret|sysexit|sysret)/) {
        kind = "iret"
    } else if (name ~ /^(int|int1|int3|into|icebp|sysenter|syscall)$/) {
        kind = "int"
        immediate = name == "int" ? hexadecimal(number(operands)) : name == "int3" ? 3 : name == "into" ? 4 : \
            name ~ /^sys/ ? 0 : 1
    } else if (name ~ /^ud[012]/) {
        kind = "stop"
    } else if (name ~ /^leave/) {
        kind = data16 ? "lost" : "leave"
        ebp = data16 ? "ebp" : "-"
    } else if (name ~ /^enter/) {
        kind = number(operand[2]) % 32 || data16 ? "lost" : "enter"
        ebp = kind == "lost" ? "ebp" : "-"
        immediate = kind == "enter" ? hexadecimal(number(operand[1])) : "-"
    } else {
        other()
    }
    if (kind == "esp=ebp" && immediate == "-")
        immediate = 0
    filler = name == "nop" || count == 2 && name ~ /^(mov|xchg)$/ && operand[1] == operand[2] || \
        name == "lea" && operands ~ /\+0x0\]$/
    note = filler ? "filler" : "-"
    if (name == "mov" && operands ~ /^DWORD PTR \[esp(\+0x[0-9a-f]+)?\],ebp$/)
        note = "keeps:" displacement(substr(operand[1], 11))
    print address, bytes, kind, change, immediate, target, pointer, ebp, note
}
