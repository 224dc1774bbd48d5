# Is one report whole, and do its numbers follow from one another? Prints what is wrong; exits with 1 if anything is.
#
#     awk -v crc=5d0c3a11 -v first=1 -f tests/hex.awk -f tests/sum.awk -f tests/arithmetic.awk REPORT
#
# REPORT holds a report from its headline to its end line. crc is the CRC-32 of all before the end line, taken by some
# other program; first is the number that the headline has in the log, for what is printed here. A part of the report
# that is not there is not missed: that is for the kernel's expectation.

{
    line = NR
    ends_right = sub(/\r$/, "")
    text = $0 # without the CR; $1 and so on follow
    $0 = text
    if (!ends_right)
        wrong("does not end in CR LF")
    if (text ~ /[^ -~]/)
        wrong("has a character that is not printable ASCII")
    if (length(text) > 80)
        wrong("has " length(text) " columns")
    if (text ~ / $/)
        wrong("ends in a blank")
    if (text == "")
        part = ""
    line_sum[NR] = sum_of(text)
}

NR == 1 {
    if (text !~ /^======== kstackguard [0-9]+\.[0-9]+: .+ ========$/)
        wrong("is no headline")
    next
}

/^======== end of report: [0-9]+ lines, crc [0-9a-f]+; / {
    ended = 1
    equal("the lines before", $5, NR - 1)
    if (after("crc") != unhex(crc))
        wrong("the CRC-32 of the lines before is " crc)
    if (!match(text, /used [0-9a-f]+ of (its )?[0-9a-f]+/))
        wrong("does not say what it used")
    else if (after("used") > unhex(last_word(substr(text, RSTART, RLENGTH))))
        wrong("it used more stack than there is")
    if (!ends_in_own_sum(text))
        wrong("does not end in its own sum")
    next
}

# "sums  23 ", three characters for each line from line 23 on, and the sum of all that.
/^sums +[0-9]+ / {
    equal("the first line with its sum here", $2, summed + 1)
    for (i = 1; i <= length($3); i += 3)
        equal("the sum of line " first + summed, substr($3, i, 3), line_sum[++summed])
    if (!ends_in_own_sum(text))
        wrong("does not end in its own sum")
    next
}

# --- the stack's own figures ---

/^  (certain|likely|facts): +esp0? [0-9a-f]+ is / {
    pointer_name = $2
    pointer = after($2)
    cr2_said = after("cr2")
    next_to_limit = text ~ /is at the limit/ ? 0 : text ~ / below the limit/ ? -unhex($5) : unhex($5)
    on_stack = text ~ / the limit/
    in_guard_page = text ~ /is in its guard page/
    next
}

/^  stack: +limit / {
    ranged = 1
    limit = after("limit")
    base = after("base")
    equal_hex("base - limit", after("size"), base - limit)
    used_said = /, all of it used/ ? "all" : /, empty/ ? "none" : before("of it used")
    above_ebp = before("of it above ebp")
    frames_said = before("frame")
    stack = text
    stack_line = line
    if (pointer_name != "")
        check_stack()
    next
}

/^ +esp0 [0-9a-f]+ is [0-9a-f]+ below the base; / {
    esp0 = after("esp0")
    below_base = unhex($4)
    next
}

# The rest of that line.
ranged && frames_said == "" && /^ +[0-9]+ frames?$/ {
    frames_said = before("frame")
    next
}

most_line == NR - 1 && most ~ /,$/ && substr(text, 1, 12) ~ /^ +[^ ]$/ {
    most = most substr(text, 11)
    most_line = NR
    next
}

repeats_line == NR - 1 && repeats ~ /,$/ && substr(text, 1, 12) ~ /^ +[^ ]$/ {
    repeats = repeats substr(text, 11)
    repeats_line = NR
    next
}

/^  most: / {
    most = text
    most_line = NR
    next
}

/^  repeats: / {
    repeats = text
    repeats_line = NR
    next
}

/^  biggest: / {
    biggest = text
    biggest_line = NR
    next
}

/^ +[0-9a-f]+ of it locals$/ {
    sub(/^ +/, " ", text)
    biggest = biggest text
    next
}

/^  against: only [0-9a-f]+ of the stack is in known frames$/ {
    in_frames = text
    in_frames_line = NR
    next
}

jumped ~ /:$/ && NR == jumped_line + 1 {
    sub(/^ +/, " ", text)
    jumped = jumped text
    next
}

# ESP is as large as it is since there is nothing below 0.
/^ +went below address 0 and around in one frame of / {
    around = 4294967296
    pointer -= around
}

/^ +(jumped the guard page|went below address 0 and around) (in one frame of|where esp was loaded, by) / {
    jumped = text
    jumped_line = NR
    next
}

$1 == "esi" && / esp / {
    if (pointer_name == "esp")
        equal_hex("esp", after("esp"), pointer + around)
    ebp = after("ebp")
    if (above_ebp != "")
        equal_hex("base - ebp", unhex(above_ebp), base - ebp)
    if (pointer_name != "") {
        if (cr2_said != "") # on demand there need not be one
            equal_hex("cr2", after("cr2"), cr2_said)
    } else {
        pointer = after("esp")
        if (ranged)
            check_stack()
    }
    next
}

# --- the rows ---

/^  Memory ChildEBP RetAddr$/ {
    part = "rows"
    reached = above_ebp != "" ? ebp : pointer
    reached_known = 1
    next
}

part == "rows" && /^  walk ended / {
    part = ""
    walked = 1
    equal_hex("the rows' sum", unhex(before("in all")), sum)
    end_stack()
    if (frames_said != "")
        equal("the frames that the stack's line counts", frames_said, frames)
    next
}

part == "rows" && /^  on stack "/ {
    end_stack()
    ranged = 1
    limit = after("limit")
    base = after("base")
    reached_known = 0
    next
}

# What came before is all that there is of that part.
/^\*\*\*\* lost: / {
    part = ""
    next
}

part == "rows" && $1 == "..." {
    if (/ not shown: /)
        omitted()
    else
        folded()
    next
}

# The remark of the row above, whose name left no room for it.
part == "rows" && substr(text, 1, 64) ~ /^ +$/ { next }

part == "rows" {
    row()
    next
}

# --- who used them ---

/^used by (module|function) +bytes +% +frames +entered$/ {
    part = $3
    last_bytes = -1
    table_bytes = table_frames = table_entered = table_users = 0
    next
}

part == "module" || part == "function" {
    user_row()
    next
}

/^biggest frames$/ {
    part = "biggest"
    next
}

part == "biggest" && substr(text, 1, 5) ~ /[^ ]/ {
    frame[++listed] = text
    frame_line[listed] = NR
    next
}

part == "biggest" && anatomy[listed] == "" && /^      [0-9a-f]+ / {
    anatomy[listed] = text
    next
}

# The rest of a line that was too long.
part == "biggest" && /^      [^ ]/ {
    if (anatomy[listed] == "")
        frame[listed] = frame[listed] " " substr(text, 7)
    else
        anatomy[listed] = anatomy[listed] " " substr(text, 7)
    next
}

END {
    if (!ended)
        wrong("is the last, and no end line")
    else if (!summed)
        wrong("is the last, and there were no sums")
    if (most != "" && walked)
        check_most()
    if (repeats != "" && walked)
        check_repeats()
    for (i = 1; i <= listed; i++)
        check_frame(i)
    if (listed && walked && !hidden)
        check_biggest_of_all()
    if (biggest != "" && walked)
        check_biggest()
    if (in_frames != "" && walked && !hidden)
        check_in_frames()
    if (jumped != "" && walked && !hidden)
        check_jumped()
    exit wrongs > 0
}

# What the headline says of the stack, once ESP is known.
function check_stack()
{
    text = stack
    line = stack_line
    if (on_stack)
        equal_hex("esp - limit", next_to_limit, pointer - limit)
    if (in_guard_page && (cr2_said >= limit || cr2_said < limit - 4096))
        wrong("cr2 is not in the page below this limit")
    if (below_base)
        equal_hex("base - esp0", below_base, base - esp0)
    if (used_said == "all" && pointer > limit)
        wrong("not all of it is used")
    if (used_said == "none" && (pointer == base) == (stack ~ /not its base/))
        wrong("esp0 is " (pointer == base ? "" : "not ") "its base")
    if (used_said ~ /^[0-9a-f]+$/)
        equal_hex("base - esp", unhex(used_said), base - pointer)
}

# "Memory ChildEBP RetAddr name remark". A row has no ChildEBP when it is none (the rest up to the base), and no Memory
# when it takes none (user mode, a function whose frame was not found).
function row(    memory, child, user, bytes)
{
    memory = substr(text, 1, 8)
    child = substr(text, 10, 8)
    user = substr(text, 19, 8)
    if (memory !~ /^ *[0-9a-f]*$/ || child !~ /^([0-9a-f]+| *)$/ || user !~ /^([0-9a-f]+| *)$/ ||
        substr(text, 28, 1) !~ /[^ ]/ || substr(text, 27, 1) != " ") {
        wrong("is no row")
        return
    }
    if (memory ~ /^ *$/) {
        last_rows = 0
        return
    }
    sub(/^ */, "", memory)
    bytes = unhex(memory)
    if (child !~ /^ *$/) {
        child = unhex(child)
        if (reached_known)
            equal_hex("Memory", bytes, child > reached ? child - reached : 0)
        if (!reached_known || child > reached)
            reached = child
        reached_known = 1
    } else {
        reached += bytes
    }
    count_row(substr(text, 28), bytes)
}

function count_row(place, bytes,    name, is_frame)
{
    name = function_of(place)
    is_frame = place !~ /^\(/
    sum += bytes
    frames += is_frame
    frame_bytes += is_frame ? bytes : 0
    if (is_frame && bytes > biggest_of[name])
        biggest_of[name] = bytes

    last_rows++
    row_bytes[last_rows] = bytes
    row_function[last_rows] = name
    row_user["module", last_rows] = user_of(place)
    row_user["function", last_rows] = function_user_of(place)
    count_user("module", is_frame)
    count_user("function", is_frame)

    all_rows++
    guess_at[all_rows] = place ~ / guess$/
    sub(/ .*/, "", place)
    bytes_at[all_rows] = bytes
    place_at[all_rows] = place
    follows[place_at[all_rows - 1], place] = 1
    if (!is_frame)
        follows[place_at[all_rows - 1], "anything"] = 1
}

# Counts the last row to its module or function. A frame that follows one of another, or none, enters it.
function count_user(kind, is_frame,    name)
{
    name = row_user[kind, last_rows]
    if (!row_bytes[last_rows] && !is_frame)
        return
    if (!((kind, name) in bytes_of))
        users[kind]++
    bytes_of[kind, name] += row_bytes[last_rows]
    frames_of[kind, name] += is_frame
    if (!is_frame)
        return
    if (name != last_user[kind])
        entered_of[kind, name]++
    last_user[kind] = name
}

# Counts the last rows again, so many times.
function repeat_users(kind, rows, times,    i, name, previous)
{
    previous = row_user[kind, last_rows]
    for (i = last_rows - rows + 1; i <= last_rows; i++) {
        name = row_user[kind, i]
        bytes_of[kind, name] += row_bytes[i] * times
        frames_of[kind, name] += times
        if (name != previous)
            entered_of[kind, name] += times
        previous = name
    }
}

# "... these 2 frames 212 times more: a8 a turn, 8b20 in all, to c021cb38": the last 2 rows again. Or "this frame".
function folded(    rows, times, size, cycle, i)
{
    rows = $2 == "this" ? 1 : $3 + 0
    times = before("times more") + 0
    if (rows < 1 || rows > last_rows) {
        wrong("there are no such rows before")
        return
    }
    for (i = last_rows - rows + 1; i <= last_rows; i++)
        size += row_bytes[i]
    cycle = times + 1 " turns, " hexadecimal(size) " each"
    cycles[cycle] = rows
    follows[place_at[all_rows], place_at[all_rows - rows + 1]] = 1
    for (i = last_rows - rows + 1; i <= last_rows; i++)
        in_cycle[cycle, row_function[i]] = 1
    repeat_users("module", rows, times)
    repeat_users("function", rows, times)
    frame_bytes += size * times
    equal_hex("a turn", unhex(before("a turn")), size)
    pass_over(rows * times, size * times)
}

# "... 120 frames not shown: 8b20 in all, to c021cb38": rows in the middle of a stack that has too many.
function omitted()
{
    hidden += $2
    pass_over($2, unhex(before("in all")))
}

function pass_over(count, bytes)
{
    equal_hex("what they take", unhex(before("in all")), bytes)
    sum += bytes
    frames += count
    reached += bytes
    equal_hex("their last ChildEBP", after("to"), reached)
}

# The walk has done with one stack: its rows end at its base.
function end_stack()
{
    if (ranged && reached_known)
        equal_hex("where the rows end", reached, base - below_base)
}

# "nt!parse+0x31    trap" is in nt!parse.
function function_of(place)
{
    sub(/( .*|\+0x[0-9a-f]+.*)$/, "", place)
    return place
}

# Whom the module table counts a row to.
function user_of(place)
{
    if (place ~ /^\(from the last frame/)
        return "(after the last frame)"
    if (place ~ /^\(/)
        return place
    if (place ~ /^0x/)
        return "(no known module)"
    sub(/[!+].*/, "", place)
    return place
}

# Whom the table of functions counts a row to.
function function_user_of(place)
{
    if (place ~ /^\(/)
        return user_of(place)
    return place ~ /!/ ? function_of(place) : "(no known function)"
}

# "name bytes percent frames entered"; the names in parentheses that are no modules have no frames.
function user_row(    name, bytes, percent, count, entered, words)
{
    match(text, /^  (\([^)]*\)|[^ ]+)/)
    name = substr(text, 3, RLENGTH - 2)
    words = split(substr(text, RLENGTH + 1), word, " ")
    bytes = unhex(word[1])
    percent = word[2] + 0
    count = words > 2 ? word[3] + 0 : 0
    entered = words > 2 ? word[4] + 0 : 0
    if (walked && sum > 0)
        equal("percent", percent, int((200 * bytes + sum) / (2 * sum)))
    if (name == "all") {
        check_all(bytes, count, entered)
        part = ""
        return
    }
    table_bytes += bytes
    table_frames += count
    table_entered += entered
    if (name ~ /^\([0-9]+ more\)$/) {
        table_users += substr(name, 2)
        return
    }
    table_users++
    if (last_bytes >= 0 && bytes > last_bytes)
        wrong("has more bytes than the line above")
    last_bytes = bytes
    if (walked && !hidden && name !~ /\.\./) {
        equal_hex("bytes of the rows", bytes, bytes_of[part, name] + 0)
        equal("frames of the rows", count, frames_of[part, name] + 0)
        equal("entries of the rows", entered, entered_of[part, name] + 0)
    }
    if (part == "module" && name !~ /^\(/ && bytes > 0) {
        ranked_name[++ranked] = name
        ranked_figures[ranked] = sprintf("%s (%d %%)", hexadecimal(bytes), percent)
    }
}

# The last line of a table.
function check_all(bytes, count, entered)
{
    if (walked) {
        equal_hex("bytes in all", bytes, sum)
        equal("frames in all", count, frames)
    }
    equal_hex("the sum of the lines above", table_bytes, bytes)
    equal("the frames of the lines above", table_frames, count)
    equal("the entries of the lines above", table_entered, entered)
    if (walked && !hidden)
        equal("the users above", table_users, users[part] + 0)
}

# "  most:    nt 95c8 (59 %), Ntfs 4a10 (29 %), MamaHog 12a4 (7 %)"; long names end in "..".
function check_most(    i, users, user, name, at)
{
    text = most
    line = most_line
    sub(/^  most: +/, "", most)
    users = split(most, user, ", ")
    for (i = 1; i <= users; i++) {
        at = index(user[i], " ")
        name = substr(user[i], 1, at - 1)
        if (sub(/\.\.$/, "", name))
            ranked_name[i] = substr(ranked_name[i], 1, length(name))
        equal("number " i " of the modules", name substr(user[i], at), ranked_name[i] " " ranked_figures[i])
    }
    if (users < ranked && users < 3)
        wrong("names " users " of " ranked " modules")
}

# "  repeats: nt!parse, 300 frames, 8bc8 in all": a function that calls itself in whatever way.
function check_uneven(    name)
{
    name = text
    sub(/^  repeats: +/, "", name)
    sub(/,.*/, "", name)
    if (hidden || name ~ /\.\./)
        return
    equal("the frames of that function", before("frames,") + 0, frames_of["function", name] + 0)
    equal_hex("the bytes of that function", unhex(before("in all")), bytes_of["function", name] + 0)
}

# "  repeats: nt!parse and 1 more, 213 turns, a8 each, 8bc8 in all": one of the cycles among the rows.
function check_repeats(    turns, each, rows, cycle)
{
    text = repeats
    line = repeats_line
    if (text !~ / turns, /) {
        check_uneven()
        return
    }
    turns = before("turns") + 0
    each = unhex(before("each"))
    rows = before("more,") + 1
    equal("turns times bytes", hexadecimal(turns * each), before("in all"))
    if (hidden)
        return
    cycle = turns " turns, " hexadecimal(each) " each"
    equal("the frames of that cycle", rows, cycles[cycle])
    sub(/^  repeats: +/, "", text)
    sub(/,? .*/, "", text)
    if (text !~ /\.\./ && !((cycle, text) in in_cycle))
        wrong("is no function of that cycle")
}

# "  2c4 MamaHog!query+0x122 called by BabyHog!HogFarm+0xaf through [b9596090]", and below, what it is made of; or
# "   10 hog!descend+0x14, biggest of 511, called by hog!descend+0x14".
function check_frame(n,    bytes, place, name, summands, summand, i, total)
{
    text = frame[n]
    line = frame_line[n]
    split(text, word, " ")
    bytes = unhex(word[1])
    place = word[2]
    sub(/,$/, "", place)
    name = function_of(place)
    if (n == 1) {
        first_frame = hexadecimal(bytes) " in one frame, " place (text ~ / \(guess\)/ ? " (guess)" : "")
        first_bytes = bytes
        first_locals = anatomy[n] ~ /^ +[0-9a-f]+ locals/ ? anatomy[n] : ""
        gsub(/^ +| locals.*/, "", first_locals)
    } else if (bytes > last_frame) {
        wrong("is bigger than the one above")
    }
    last_frame = bytes
    total = 0
    summands = split(anatomy[n], summand, ",")
    for (i = 1; i <= summands; i++) {
        sub(/^ +/, "", summand[i])
        total += unhex(substr(summand[i], 1, index(summand[i], " ") - 1))
    }
    equal_hex("the sum of its parts", total, bytes)
    if (text ~ / called by 0x0( |$)/)
        wrong("was called by nobody")
    if (!walked || hidden)
        return
    find_frame(place, bytes)
    if (name !~ /!/ || name ~ /\.\./)
        return
    equal_hex("the biggest of that function", bytes, biggest_of[name] + 0)
    equal("the frames of that function", text ~ /, biggest of / ? behind("biggest of") + 0 : 1, frames_of["function", name] + 0)
}

# A row of that place and size, whose caller is the function of the next row.
function find_frame(place, bytes,    i, caller)
{
    caller = text ~ / called by / ? behind("called by") : "anything"
    for (i = 1; i <= all_rows; i++)
        if (alike(place_at[i], place) && bytes_at[i] == bytes)
            break
    if (i > all_rows)
        wrong("is none of the rows")
    else if (guess_at[i] != (text ~ / \(guess\)/))
        wrong(guess_at[i] ? "is a guess" : "is no guess")
    else if (caller != "anything" && caller !~ /\.\./ && !((place_at[i], caller) in follows) &&
             !((place_at[i], "anything") in follows))
        wrong("is not what that row follows on")
}

# Are two names the same, as far as both are shown? "nt!parse_a..+0x12" and "nt!parse_al..+0x12".
function alike(one, other,    known)
{
    if (one !~ /\.\./ && other !~ /\.\./)
        return one == other
    known = index(one, "..")
    if (!known || (index(other, "..") && index(other, "..") < known))
        known = index(other, "..")
    if (substr(one, 1, known - 1) != substr(other, 1, known - 1))
        return 0
    sub(/.*[^+]\+/, "", one)
    sub(/.*[^+]\+/, "", other)
    return one == other
}

function check_biggest_of_all(    name, largest)
{
    largest = 0
    for (name in biggest_of)
        if (biggest_of[name] > largest)
            largest = biggest_of[name]
    text = first_frame
    equal_hex("the biggest of all frames", first_bytes, largest)
}

# "  biggest: 2c4 in one frame, MamaHog!query+0x122; 290 of it locals": as the first of the biggest frames.
function check_biggest(    locals)
{
    text = biggest
    line = biggest_line
    locals = before("of it locals")
    sub(/^  biggest: +/, "", biggest)
    sub(/;.*/, "", biggest)
    if (first_frame == "")
        return
    if (!alike(biggest, first_frame))
        wrong("is not " first_frame ", the first of the biggest frames")
    equal("its locals", locals, first_locals)
}

# "  against: only 30 of the stack is in known frames"
function check_in_frames()
{
    text = in_frames
    line = in_frames_line
    equal_hex("the bytes of all frames", unhex(before("of the stack is")), frame_bytes)
}

# "           jumped the guard page in one frame of 10000: hog!spread+0xe"
function check_jumped(    bytes, place, i)
{
    text = jumped
    line = jumped_line
    place = text
    sub(/.*: */, "", place)
    sub(/:.*/, "", jumped)
    bytes = unhex(last_word(jumped))
    for (i = 1; i <= all_rows; i++)
        if (alike(place_at[i], place) && bytes_at[i] == bytes)
            return
    wrong("is none of the rows")
}

function wrong(what)
{
    printf "line %d %s: `%s`\n", first + line - 1, what, text
    wrongs++
}

function equal(what, said, is)
{
    if (said != is)
        wrong("has " what " as " said ", which is " is)
}

function equal_hex(what, said, is)
{
    if (said != is)
        wrong("has " what " as " hexadecimal(said) ", which is " hexadecimal(is))
}

# The word behind a phrase.
function behind(phrase,    at)
{
    at = index(text, phrase " ")
    if (!at)
        return ""
    split(substr(text, at + length(phrase)), word, " ")
    return word[1]
}

# The hexadecimal number behind a word, or before one.
function after(word,    i)
{
    for (i = 1; i < NF; i++)
        if ($i == word)
            return unhex($(i + 1))
    return ""
}

# The number before a phrase, as it is written.
function before(phrase,    at)
{
    at = index(text, " " phrase)
    return at ? last_word(substr(text, 1, at - 1)) : ""
}

function last_word(phrase,    words)
{
    words = split(phrase, word, " ")
    return word[words]
}
