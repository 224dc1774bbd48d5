# Puts what tests running side by side say into one TAP stream: in the order of their names, numbered through, each line
# with the name of its test before it.
#
#     awk -f tests/tap.awk NAMES EVENTS
#
# NAMES has a name in each line. An event is "N + line", when test number N printed that line, or "N . status", when it
# ended. What the test whose turn it is says is printed at once, what those behind it say is kept until then.
#
# Besides its "not ok"s a test fails that was ended by a signal or by the clock, ends with a status other than 0 though
# nothing failed, has no plan, or has one that is not kept. "ok N - x # SKIP why" counts as skipped, "1..0 # SKIP why"
# is a test skipped as a whole.

BEGIN { SKIP = "# *[Ss][Kk][Ii][Pp]" }

FILENAME == ARGV[1] {
    name[++tests] = $0
    next
}

FNR == 1 { begin(1) }

{
    number = $1 + 0
    text = substr($0, index($0, $2) + 2)
    if (number == turn)
        take($2, text)
    else
        kept[number, ++lines[number]] = $2 " " text
    while (turn <= tests && ended)
        begin(turn + 1)
}

END {
    if (!turn)
        begin(1)
    for (; turn <= tests; begin(turn + 1))
        if (!ended)
            point(0, "", "never ended")
    print "1.." passed + failed + skipped
    printf "%d passed, %d failed%s\n", passed, failed, skipped ? ", " skipped " skipped" : ""
    exit failed > 0
}

# It is test n's turn: takes what it has said so far.
function begin(n,    i)
{
    turn = n
    ended = points = failures = 0
    plan = ""
    for (i = 1; i <= lines[turn]; i++) {
        take(substr(kept[turn, i], 1, 1), substr(kept[turn, i], 3))
        delete kept[turn, i]
    }
}

function take(event, text)
{
    if (event == ".")
        end(text + 0)
    else if (text ~ /^(not )?ok( |$)/)
        result(text)
    else if (text ~ /^1\.\.[0-9]+/)
        plan = text
    else if (text ~ /^#/)
        print text
    else if (text != "")
        print "# " text
    fflush()
}

function result(text,    good)
{
    good = text !~ /^not/
    points++
    sub(/^(not )?ok *[0-9]* *(- *)?/, "", text)
    if (good && text ~ SKIP)
        skip(text)
    else
        point(good, text, "")
}

function point(good, text, why)
{
    if (good) {
        passed++
    } else {
        failed++
        failures++
    }
    printf "%sok %d - %s%s%s\n", good ? "" : "not ", passed + failed + skipped, name[turn], (text == "" ? "" : ": " text),
        (why == "" ? "" : ": " why)
}

function skip(text)
{
    skipped++
    printf "ok %d - %s%s%s\n", passed + failed + skipped, name[turn], text ~ /^ *#/ ? "" : ": ", text
}

function end(status,    planned)
{
    ended = 1
    planned = substr(plan, 4) + 0
    if (status == 124)
        point(0, "", "was still running after its time")
    else if (status > 128)
        point(0, "", "ended by signal " status - 128)
    else if (plan == "")
        point(0, "", "no plan; status " status)
    else if (planned != points)
        point(0, "", planned " tests planned, " points " run; status " status)
    else if (status != 0 && !failures)
        point(0, "", "nothing failed, and yet status " status)
    else if (plan ~ SKIP)
        skip(substr(plan, 5))
    else if (planned == 0)
        point(0, "", "tests nothing")
}
