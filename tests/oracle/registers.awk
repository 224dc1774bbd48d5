# The registers of a crash, one a line. From a report, or from QEMU's log (-d int), whose first double fault counts:
# the two come out alike.

# A double fault and no `int 8`: "     5: v=08 e=0000 i=0 cpl=0 ..."
/: v=/ { logged = /: v=08 .* i=0 / && !seen }
logged && /^CR0=/ { seen = 1 }
logged { take() }

/^eax / { reported = 1 }
reported && NF == 0 { reported = 0 }
reported { take() }

END {
    names = split("eax ebx ecx edx esi edi ebp esp eip efl cs ss ds es fs gs tr cr0 cr2", name, " ")
    for (i = 1; i <= names; i++)
        if (name[i] in value)
            print name[i], value[name[i]]
}

# "EAX=00000000 EBX=00000001", "CS =0008 00000000 ...", "eax 00000000 ebx 00000001"
function take(    words, word, i)
{
    words = split(tolower($0), word, "[ =]+")
    for (i = 1; i < words; i++)
        if (word[i] ~ /^(e?[abcd]x|e[sd]i|e[bsi]p|efl|[cdefgs]s|tr|cr[02])$/ && word[i + 1] ~ /^[0-9a-f]+$/ &&
            !(word[i] in value))
            value[word[i]] = word[i] == "cr0" ? task_switched(word[i + 1]) : word[i + 1]
}

# The log's CR0 is from before the task switch, which sets TS, bit 3 (SDM vol. 3, 8.3).
function task_switched(digits,    last)
{
    last = index("01234567", substr(digits, 8))
    return last ? substr(digits, 1, 7) substr("89abcdef", last, 1) : digits
}
