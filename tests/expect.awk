# Does a log say what its expectation asks for? Prints what is wrong, and exits with 1 if anything is.
#
#     awk -v symbols=FILE -f tests/hex.awk -f tests/expect.awk tests/kernels/NAME.expect LOG
#
# FILE is what nm -S says of the kernel.
#
# An expectation reads as the story of one crash:
#
#     # Plain recursion: the worker goes down until its 16 KiB are gone.
#     qemu: -smp 2
#     let limit = sym:worker_stack
#
#     ======== kstackguard {word}: KERNEL STACK OVERFLOW ========
#     recursion!descend+0x{hex} ran off the end of stack "worker".
#     + certain: esp {esp=hex} is at the limit, cr2 {esp - 4} is in its guard page
#     stack: limit {limit} base {limit + size:worker_stack} size {size:worker_stack}, all of it used, {dec} frames
#     ! *(unknown)*
#     check: esp = limit
#
#   # ...           A comment. Blank lines mean nothing.
#   qemu: ...       Further options for QEMU.
#   console: com1   Where the report comes out: com1 to com4, or debugcon (port e9h, in a machine without a UART).
#   exit: 33        QEMU's exit status. 33: the kernel says that the report is finished. 0 is a triple fault.
#   reports: 1      How many reports the log has to hold.
#   timeout: 20     In seconds; a kernel that has not ended by then hangs.
#                   These five are read by tests/machine.sh, and stand here with their defaults (qemu: none).
#   let n = e       Names a value.
#   check: e < e    Has to hold; = != < <= > >= compare without a sign.
#   ! line          No line of the log may fit.
#   + line          The line right after the one found before has to fit; any after it, when that one was missing.
#   line            Some line after the one found before has to fit: the first that does is taken.
#
# A line fits as a whole. Any run of blanks is like any other, blanks at its ends do not count. In the line
#   *               stands for any text, or none
#   {hex} {dec}     a number, to its last digit, hexadecimal or decimal
#   {word}          text without a blank
#   {name=hex}      a number that is called name from here on; {name=dec}
#   {e}             the number whose value is e; hexadecimal; {e:dec} decimal. Leading zeros do not count
#   \               takes the next character as it is
# An expression e adds, subtracts and multiplies, modulo 2^32: 20, 0x14, name, sym:symbol (its address in the kernel),
# size:symbol.

BEGIN {
    found = 0
    while ((getline entry < symbols) > 0) {
        fields = split(entry, field, " ")
        if (fields < 3)
            continue
        known = field[fields]
        if (known in address && address[known] != field[1])
            ambiguous[known] = 1
        address[known] = field[1]
        if (fields == 4)
            size[known] = field[2]
    }
}

FILENAME == ARGV[2] {
    sub(/\r$/, "")
    log_lines = FNR
    shown[FNR] = $0
    log_line[FNR] = blanks($0)
    next
}

{
    rules = FNR
    rule[FNR] = blanks($0)
}

END {
    name = ARGV[1]
    sub(/.*\//, "", name)
    for (number = 1; number <= rules; number++)
        apply(rule[number])
    exit wrongs > 0
}

function blanks(text)
{
    gsub(/[ \t]+/, " ", text)
    sub(/^ /, "", text)
    sub(/ $/, "", text)
    return text
}

function wrong(text)
{
    printf "%s:%d: %s\n", name, number, text
    wrongs++
}

function apply(text)
{
    if (text == "" || text ~ /^#/ || text ~ /^(qemu|console|exit|reports|timeout):/)
        return
    problem = ""
    if (text ~ /^let /)
        define(substr(text, 5))
    else if (text ~ /^check:/)
        compare(blanks(substr(text, 7)))
    else if (text ~ /^! /)
        absent(substr(text, 3))
    else if (text ~ /^\+ /)
        present(substr(text, 3), !missed)
    else
        present(text, 0)
    if (problem != "")
        wrong(problem ": " text)
}

function define(text,    at)
{
    at = index(text, "=")
    bind(blanks(substr(text, 1, at - 1)), value(substr(text, at + 1)))
}

function bind(variable, number_)
{
    if (variable !~ /^[a-z_][a-z_0-9]*$/ || variable ~ /^(hex|dec|word)$/)
        problem = "`" variable "` is no name for a value"
    else if (variable in bound)
        problem = "`" variable "` has a value already"
    else
        bound[variable] = number_
}

function compare(text,    left, right, sign, holds)
{
    if (!match(text, /[!<>]?=|<|>/)) {
        problem = "no comparison"
        return
    }
    sign = substr(text, RSTART, RLENGTH)
    right = substr(text, RSTART + RLENGTH)
    left = value(substr(text, 1, RSTART - 1))
    right = value(right)
    if (problem != "")
        return
    holds = sign == "=" && left == right || sign == "!=" && left != right || sign == "<" && left < right || \
        sign == "<=" && left <= right || sign == ">" && left > right || sign == ">=" && left >= right
    if (!holds)
        wrong("does not hold: " text " (" hexadecimal(left) " " sign " " hexadecimal(right) ")")
}

function absent(text,    i)
{
    read_pattern(text)
    for (i = 1; i <= log_lines && problem == ""; i++)
        if (fits_line(i)) {
            wrong("must not be there: " text)
            say("line " i, shown[i])
        }
}

# Looks for a line after the one found before: for the very next one, or for any.
function present(text, next_only,    last, i, nearest, most, reached)
{
    read_pattern(text)
    if (problem != "")
        return
    last = next_only && found < log_lines ? found + 1 : log_lines
    for (i = found + 1; i <= last; i++) {
        if (fits_line(i)) {
            found = i
            missed = 0
            return
        }
        if (problem != "")
            return
        if (most_matched > most) {
            most = most_matched
            reached = matched_up_to
            nearest = i
        }
    }
    missed = 1
    wrong((next_only ? "not right after line " : "not found after line ") found " of the log: " text)
    if (text ~ /[{]/)
        say("that is", in_words())
    if (found == log_lines)
        print "    the log has no further line"
    else if (next_only)
        say("line " last, shown[last])
    else if (nearest)
        say("nearest is line " nearest, shown[nearest])
    if (nearest)
        say("which fits up to", substr(log_line[nearest], 1, reached - 1))
}

function say(what, text)
{
    printf "    %s: `%s`\n", what, text
}

# --- patterns: kind[i] and what[i] for i = 1 to parts ---

function read_pattern(text,    i, character, literal, close_at)
{
    parts = 0
    literal = ""
    for (i = 1; i <= length(text); i++) {
        character = substr(text, i, 1)
        if (character == "\\") {
            literal = literal substr(text, ++i, 1)
        } else if (character == "*") {
            add_part("text", literal)
            literal = ""
            add_part("any", "*")
        } else if (character == "{") {
            add_part("text", literal)
            literal = ""
            close_at = index(substr(text, i), "}")
            if (!close_at) {
                problem = "no } for its {"
                return
            }
            read_braces(blanks(substr(text, i + 1, close_at - 2)))
            i += close_at - 1
        } else {
            literal = literal character
        }
    }
    add_part("text", literal)
}

function add_part(kind_, what_)
{
    if (what_ == "")
        return
    kind[++parts] = kind_
    what[parts] = what_
}

function read_braces(text,    equals, base)
{
    if (text ~ /^(hex|dec|word)$/) {
        add_part("a " text, text)
    } else if (text ~ /=(hex|dec)$/) {
        equals = index(text, "=")
        add_part("a " substr(text, equals + 1), text)
        variable_of[parts] = substr(text, 1, equals - 1)
        return
    } else {
        base = "hex"
        if (sub(/:dec$/, "", text))
            base = "dec"
        add_part("the " base, text)
    }
    variable_of[parts] = ""
}

# The pattern with the values put in, as far as they are known.
function in_words(    i, text, number_)
{
    for (i = 1; i <= parts; i++) {
        if (kind[i] ~ /^the /) {
            number_ = value(what[i])
            text = text (problem != "" ? "{" what[i] "}" : kind[i] == "the hex" ? hexadecimal(number_) : number_)
            problem = ""
        } else if (kind[i] ~ /^a /) {
            text = text "{" what[i] "}"
        } else {
            text = text what[i]
        }
    }
    return text
}

function fits_line(i)
{
    subject = log_line[i]
    most_matched = 0
    matched_up_to = 1
    return fits(1, 1, 0)
}

# Do the parts from part on fit the subject from column on? Numbers that get a name keep it if they do.
# matched: how many characters before column are not there for a * only.
function fits(part, column, matched,    i, number_)
{
    if (matched > most_matched) {
        most_matched = matched
        matched_up_to = column
    }
    if (part > parts)
        return column > length(subject)
    if (kind[part] == "any") {
        for (i = column; i <= length(subject) + 1; i++)
            if (fits(part + 1, i, matched))
                return 1
        return 0
    }
    if (kind[part] == "text")
        return fits_text(part, column, matched)
    if (kind[part] == "a word") {
        for (i = column + 1; i <= length(subject) + 1 && substr(subject, i - 1, 1) != " "; i++)
            if (fits(part + 1, i, matched + i - column))
                return 1
        return 0
    }
    if (!match(substr(subject, column), kind[part] ~ /hex$/ ? "^[0-9a-f]+" : "^[0-9]+"))
        return 0
    if (!whole_number(column, RLENGTH))
        return 0
    i = column + RLENGTH
    number_ = substr(subject, column, RLENGTH)
    number_ = kind[part] ~ /hex$/ ? unhex(number_) : number_ + 0
    matched += i - column
    if (kind[part] ~ /^the /)
        return number_ == value(what[part]) && problem == "" && fits(part + 1, i, matched)
    if (variable_of[part] == "")
        return fits(part + 1, i, matched)
    bind(variable_of[part], number_)
    if (problem != "")
        return 0
    if (fits(part + 1, i, matched))
        return 1
    delete bound[variable_of[part]]
    return 0
}

function fits_text(part, column, matched,    i)
{
    for (i = 1; i <= length(what[part]); i++)
        if (substr(subject, column + i - 1, 1) != substr(what[part], i, 1)) {
            if (matched + i - 1 > most_matched) {
                most_matched = matched + i - 1
                matched_up_to = column + i - 1
            }
            return 0
        }
    return fits(part + 1, column + i - 1, matched + i - 1)
}

# A number ends where no letter, digit or _ follows, and starts at its first digit.
function whole_number(column, length_)
{
    if (column > 1 && substr(subject, column - 1, 1) ~ /[0-9a-f]/)
        return 0
    return substr(subject, column + length_, 1) !~ /[0-9a-zA-Z_]/
}

# --- expressions ---

# Terms with signs, each a product.
function value(text,    sum, sign, term)
{
    gsub(/ /, "", text)
    sum = 0
    sign = 1
    if (text == "") {
        problem = "an expression is missing"
        return 0
    }
    while (text != "") {
        if (!match(text, /^[^-+]+/)) {
            problem = "`" text "` is no expression"
            return 0
        }
        term = substr(text, 1, RLENGTH)
        sum += sign * product(term)
        sign = substr(text, RLENGTH + 1, 1) == "-" ? -1 : 1
        text = substr(text, RLENGTH + 2)
    }
    return sum - 4294967296 * floor(sum / 4294967296)
}

function product(text,    factors, factor, i, result)
{
    result = 1
    factors = split(text, factor, "*")
    for (i = 1; i <= factors; i++)
        result *= operand(factor[i])
    return result
}

function operand(text)
{
    if (text ~ /^[0-9]+$/)
        return text + 0
    if (text ~ /^0x[0-9a-f]+$/)
        return unhex(substr(text, 3))
    if (text ~ /^sym:/)
        return of_symbol(address, substr(text, 5), "the kernel has no symbol")
    if (text ~ /^size:/)
        return of_symbol(size, substr(text, 6), "no size is known of symbol")
    if (text in bound)
        return bound[text]
    problem = "`" text "` has no value"
    return 0
}

function of_symbol(table, symbol, missing)
{
    if (symbol in ambiguous)
        problem = "the kernel has several symbols `" symbol "`"
    else if (!(symbol in table))
        problem = missing " `" symbol "`"
    else
        return unhex(table[symbol])
    return 0
}

function floor(x)
{
    return x < 0 && x != int(x) ? int(x) - 1 : int(x)
}
