# Compares the rows of a report with the frames that gdb found.
#
#     awk [-v table=1] -f compare.awk TRUTH REPORT
#
# Prints one line of numbers: frames, rows that are right, frames that are missing, rows that are wrong, those of them
# without a mark, frames that an interrupt hit behind their pop ebp, and how many of those are right. Or "no truth" or
# "no report" and why. With table=1 both tables, side by side, before that.
#
# A row is right when ChildEBP, RetAddr and the name with its offset are:
#     ChildEBP   8 below the CFA, so that the return address is at ChildEBP + 4. Where gcc realigned the stack, its copy
#                of the return address is as good: EBP points below that. A stub repeats the row before it
#     RetAddr    where the frame returns to; for a stub, where it interrupted
# The outermost function, which nobody called, may have a row or not. Rows that the report folds up are unfolded; frames
# that it says are not shown do not count.

FILENAME == ARGV[1] {
    if ($1 == "frame") {
        n++
        pc[n] = $2; esp[n] = $3; ebp[n] = $4
        line = 0
    } else {
        line++
        if (line == 1) at[n] = $0
        if (line == 2) before[n] = $0
        if (line == 3) { instruction[n] = $0; sub(/^[^:]*:[ \t]*/, "", instruction[n]) }
    }
    next
}

{ sub(/\r$/, "") }
/^  Memory ChildEBP RetAddr/ { inside = 1; next }
/^  walk ended / { inside = 0; ended = 1 }
inside && / times more: / { unfold(); next }
inside && / frames not shown: / { r_hidden[r + 1] = $NF; next }
inside && !/^  on stack / { row($0) }

END {
    truth()
    if (!truth_whole) {
        print "no truth: gdb's frames end in " (n ? name[n] " at " pc[n] : "nothing")
        exit 1
    }
    if (!ended) {
        print "no report"
        exit 1
    }
    match_rows()
    if (table)
        print_table()
    print frames, right, frames - right, wrong, unmarked, epilogues, epilogues_right
}

# --- the report ---

function row(text,    rest)
{
    if (text ~ /^ {60}/) { # there was no room for the mark behind the name
        r_mark[r] = trimmed(text)
        r_text[r] = r_text[r] " ..." r_mark[r]
        return
    }
    r++
    r_text[r] = text
    r_child[r] = substr(text, 10, 8)
    r_return[r] = substr(text, 19, 8)
    rest = substr(text, 28)
    r_frame[r] = rest !~ /^\(/
    if (!r_frame[r])
        return
    match(rest, /[^ ]+/)
    r_name[r] = substr(rest, RSTART, RLENGTH)
    sub(/^[^!]*!/, "", r_name[r])
    r_mark[r] = trimmed(substr(rest, RSTART + RLENGTH))
}

function trimmed(text)
{
    gsub(/^ +| +$/, "", text)
    return text
}

# "... these 2 frames 212 times more: a8 a turn, ...". What the last of them returns to is not told: it need not be what
# the others return to.
function unfold(    rows, turns, bytes, first, turn, i)
{
    rows = $2 == "this" ? 1 : $3
    turns = $2 == "this" ? $4 : $5
    match($0, /more: [0-9a-f]+/)
    bytes = number(substr($0, RSTART + 6, RLENGTH - 6))
    first = r - rows + 1
    for (i = first + 1; i <= r; i++)
        if (i in r_hidden) { # some of them are not shown
            r_hidden[r + 1] = $NF
            return
        }
    for (turn = 1; turn <= turns; turn++)
        for (i = first; i < first + rows; i++) {
            row(r_text[i])
            r_child[r] = sprintf("%08x", number(r_child[i]) + turn * bytes)
            r_text[r] = sprintf("%8s %s%s", "...", r_child[r], substr(r_text[i], 18))
        }
    r_return[r] = ""
}

function number(hex,    value, i)
{
    value = 0
    for (i = 1; i <= length(hex); i++)
        value = value * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
    return value
}

# --- gdb's frames ---

# "name + 12 in section .text", or a sentence that there is none; shift: what is to be added.
function symbol(text, shift,    word)
{
    if (text !~ / in section /)
        return "no symbol"
    split(text, word, " ")
    shift += word[2] == "+" ? word[3] : 0
    return word[1] "+" sprintf("0x%x", shift)
}

function truth(    i, exact)
{
    if (n && pc[n] == "00000000") # what a thread's first function returns to
        n--
    exact = 1
    for (i = 1; i <= n; i++) {
        name[i] = exact ? symbol(at[i], 0) : symbol(before[i], 1)
        stub[i] = name[i] ~ /^trap_/
        hit[i] = exact
        t_return[i] = pc[i + 1]
        t_child[i] = (i + 1) in esp ? sprintf("%08x", number(esp[i + 1]) - 8) : ""
        if (stub[i])
            t_child[i] = i == 1 ? "" : t_child[i - 1]
        epilogue[i] = exact && i < n && ebp[i] != t_child[i] && instruction[i] ~ /^(ret|jmp|lea .*,%esp)/
        exact = stub[i]
    }
    truth_whole = n > 1 && name[n] ~ /^thread_start\+/
}

# --- both ---

# In a piece of a function that was moved away, the offsets differ: gdb's is from the piece's start.
function same_name(is, should_be,    i)
{
    if (sub(/\.cold.*/, "", should_be)) {
        sub(/\+.*/, "", is)
        sub(/\.cold.*/, "", is)
    }
    if ((i = index(is, "...")) && substr(is, 1, i - 1) == substr(should_be, 1, i - 1)) { # too long for its column
        sub(/.*\.\.\./, "", is)
        sub(/[^+]*/, "", should_be)
    }
    return is == should_be
}

# Where gcc realigned the stack, EBP points to a copy of the return address.
function is_copy(child, i)
{
    return child == ebp[i] && !stub[i] && number(child) >= number(esp[i]) && number(child) < number(t_child[i])
}

function same(r, i)
{
    return (r_return[r] == t_return[i] || r_return[r] == "") && same_name(r_name[r], name[i]) &&
        (r_child[r] == t_child[i] || (stub[i] && t_child[i] == "") || is_copy(r_child[r], stub[i] ? i - 1 : i))
}

# Which frames the report does not show: from the last row before them on, up to the ChildEBP that it tells.
function hide(last, upto,    i)
{
    for (i = last + 1; i < n && (t_child[i] <= upto || is_copy(upto, i)); i++)
        hidden[i] = 1
}

function match_rows(    i, j, last)
{
    last = 0
    for (j = 1; j <= r; j++) {
        if (j in r_hidden)
            hide(last, r_hidden[j])
        if (!r_frame[j] || r_mark[j] == "no frame found")
            continue
        for (i = last + 1; i < n && !same(j, i); i++)
            ;
        if (i < n) {
            last = i
            match_of[i] = j
        } else if (!(same_name(r_name[j], name[n]) && r_return[j] == "00000000")) {
            is_wrong[j] = 1
            wrong++
            unmarked += r_mark[j] !~ /^(recovered|guess)$/
        }
    }
    for (i = 1; i < n; i++) {
        if (hidden[i])
            continue
        if (epilogue[i]) {
            epilogues++
            epilogues_right += i in match_of
        } else {
            frames++
            right += i in match_of
        }
    }
    frames += 0; right += 0; wrong += 0; unmarked += 0; epilogues += 0; epilogues_right += 0
}

# Left what gdb says, right the report. Between them: < is missing, ! is wrong, ? is wrong and marked.
function print_table(    i, j)
{
    printf "%-52s   %s\n", "gdb: ChildEBP RetAddr", "report"
    j = 1
    for (i = 1; i <= n; i++) {
        if (i < n && !(i in match_of)) {
            print_line(i, 0)
            continue
        }
        for (; j <= r && (i == n || j < match_of[i]); j++)
            print_line(0, j)
        if (i < n)
            print_line(i, j++)
    }
}

function print_line(i, j,    left, sign)
{
    left = ""
    if (i)
        left = sprintf("%8s %s %s%s", t_child[i], t_return[i], name[i],
            epilogue[i] ? " (epilogue)" : hit[i] ? " (hit)" : "")
    sign = " "
    if (!j)
        sign = hidden[i] ? "." : "<"
    else if (is_wrong[j])
        sign = r_mark[j] ~ /^(recovered|guess)$/ ? "?" : "!"
    printf "%-52s %s %s\n", left, sign, j ? r_text[j] : ""
}
