# The frames of a crash, one a line: "ChildEBP RetAddr function+offset". From a report, or from what
# tests/oracle/victim.gdb prints: both come out alike.

# gdb: "frame 1001008 100b84 1 descend + 14 in section .text"
/^frame [0-9a-f]+ [0-9a-f]+ [01] .* in section / {
    printf "%s %s %s+0x%x\n", $2, $3, $5, $4 + ($6 == "+" ? $7 : 0)
}

/^  Memory ChildEBP RetAddr/ { rows = 1 }
/^  walk ended/ { rows = 0 }

# A report: "      18 c0213018 c010a4c2 recursion!descend+0x1d"; user mode's row has no Memory.
rows && /^[ 0-9a-f]+ [0-9a-f]+ [0-9a-f]+ [^ (]/ {
    place = substr($0, 28)
    sub(/ .*/, "", place)
    sub(/^.*!/, "", place) # the module, which is not gdb's to tell
    print number(substr($0, 10, 8)), number(substr($0, 19, 8)), place
}

function number(digits)
{
    sub(/^(0x)?0*/, "", digits)
    return digits == "" ? "0" : digits
}
