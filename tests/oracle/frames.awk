# The frames of a crash, one a line: "ChildEBP RetAddr function+offset". From a report, or from what
# tests/oracle/victim.gdb prints: both come out alike. A ? is what the report does not tell.

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
    frame(unhex(substr($0, 10, 8)), hexadecimal(unhex(substr($0, 19, 8))), place)
}

# "... these 2 frames 212 times more: a8 a turn, 8b20 in all, to c021cb38", or "... this frame 212 times more: ...".
# What the last of them returns to is not in the cycle.
rows && / times more: / {
    match($0, /[0-9]+ times more: [0-9a-f]+/)
    split(substr($0, RSTART, RLENGTH), word, " ")
    cycle = $2 == "this" ? 1 : $3
    end = frames
    for (turn = 1; turn <= word[1]; turn++)
        for (i = end - cycle + 1; i <= end; i++)
            frame(child[i] + turn * unhex(word[4]), turn == word[1] && i == end ? "?" : returns[i], places[i])
}

# "... 84 frames not shown: f10 in all, to c0500ff0"
rows && / frames not shown: / {
    for (i = 1; i <= $2; i++)
        print "? ? ?"
}

function frame(child_ebp, return_address, place_)
{
    child[++frames] = child_ebp
    returns[frames] = return_address
    places[frames] = place_
    print hexadecimal(child_ebp), return_address, place_
}
