# Compares what `list states` says with truth.awk's word on the same places: lines of both, side by side.
#
#     start end pc at_call rule ebp  start pc at_call exact|guess base return_offset saved|- ebp_offset realigned|-
#
# Prints the figures, and before them the first places where "exact" was not right. Ends with status 1 if there was one,
# or if fewer than `least` percent of the places were exact.

function value(text,    i, sum)
{
    sum = 0
    for (i = 1; i <= length(text); i++)
        sum = sum * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
    return sum >= 2147483648 ? sum - 4294967296 : sum
}

function fits(rule,    offset, where)
{
    where = $6
    offset = substr(rule, 5)
    if ($11 != substr(rule, 1, 3) || value($12) != offset - 4)
        return 0
    if (where ~ /^u/ && $11 == "esp" && $13 == "-")
        return 1
    if (!sub(/^(u\/)?c-/, "", where))
        return 0
    if ($11 == "esp" && $13 == "-") # it was saved, but the register still has it
        return 1
    return value($14) == offset - where
}

function is_right(    rules, rule)
{
    rules = split($5, rule, "/")
    return fits(rule[1]) || rules > 1 && fits(rule[2])
}

function percent(part, whole) { return whole ? sprintf("%.1f %%", part * 100 / whole) : "-" }

{
    places[$4]++
    if ($10 == "exact")
        exact[$4]++
    else
        guesses[$4]++
    if (is_right()) {
        if ($10 != "exact")
            right[$4]++
    } else if ($10 == "exact") {
        wrong++
        if (wrong <= 10)
            print "# wrong: " $0
    }
}

END {
    for (at_call = 0; at_call <= 1; at_call++) {
        printf "# %s: %d, %s exact, %s guessed (%s of that right)\n", at_call ? "return addresses" : "instructions",
            places[at_call], percent(exact[at_call], places[at_call]), percent(guesses[at_call], places[at_call]),
            percent(right[at_call], guesses[at_call])
    }
    decided = int((exact[0] + exact[1]) * 100 / (places[0] + places[1] + !NR))
    if (decided < least)
        print "# too few: " decided " %"
    exit wrong || !NR || decided < least
}
