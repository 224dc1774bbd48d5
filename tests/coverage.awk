# Adds up what gcov -b -c says of kmod/, and holds it against the bar. Arguments: the file of exceptions, then all of gcov's.
#
# An exception is a line of source that cannot be covered, or some branches of it, and why not:
#
#     kmod/FILE: the line without its indentation
#         the reason, on one line or more, indented
#
# kmod/FILE+2: stands for that line, and for those of the two behind it that were not run.
#
# Variables: LINES and BRANCHES, the bar in percent. The exit status is 1 when it is missed, when an exception is none,
# and when a line was not run that is none.

function percent(part, whole) {
    return sprintf("%.1f", whole ? int(1000 * part / whole) / 10 : 100)
}

function trimmed(text) {
    sub(/^[ \t]+/, "", text)
    sub(/[ \t]+$/, "", text)
    return text
}

function take_exception(text) {
    lines = 0
    if (match(text, /\+[0-9]+: /)) {
        lines = substr(text, RSTART + 1) + 0
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH - 2)
    }
    exception = text
    if (!(exception in reason))
        in_order[++exceptions] = exception
    reason[exception] = ""
    behind[exception] = lines
}

# What gcov says of one file, which a header's can be many times: each time it is compiled.
function take_line(    count, rest) {
    count = trimmed(substr($0, 1, 9))
    line = substr($0, 11, 5) + 0
    if (line == 0) {
        if (match($0, /:Source:/))
            file = substr($0, RSTART + 8)
        return
    }
    at = file SUBSEP line
    branch = 0
    if (count == "-")
        return
    if (!(at in source)) {
        source[at] = substr($0, 17)
        if (!(file in seen))
            files[++file_count] = file
        seen[file] = 1
        if (line > last[file])
            last[file] = line
    }
    if (count !~ /[#=]/)
        run[at] = 1
}

function take_branch() {
    branch++
    if (branch > branches[at])
        branches[at] = branch
    if ($3 == "taken" && $4 > 0)
        taken[at, branch] = 1
}

FILENAME == ARGV[1] && /^[^ #]/ { take_exception(trimmed($0)); next }
FILENAME == ARGV[1] && /^ / { reason[exception] = trimmed(reason[exception] " " trimmed($0)); next }
FILENAME == ARGV[1] { next }
/^branch +[0-9]/ { if (file ~ /^kmod\/[^\/]*$/) take_branch(); next }
/^ *([0-9]+\*?|-|#####|=====):/ { take_line(); next }

# One file: its uncovered lines and branches are kept for the list.
function add_up(file,    line, at, b, missing, name, said, until, covering) {
    until = 0
    for (line = 1; line <= last[file]; line++) {
        at = file SUBSEP line
        if (!(at in source))
            continue
        name = file ": " trimmed(source[at])
        if (name in reason) {
            until = line + behind[name]
            covering = name
        }
        lines_all[file]++
        missing = 0
        for (b = 1; b <= branches[at]; b++)
            missing += !((at, b) in taken)
        branches_all[file] += branches[at]
        branches_taken[file] += branches[at] - missing
        if (at in run)
            lines_run[file]++
        if (at in run && !missing)
            continue
        said = at in run ? missing " of " branches[at] " branches" : "not run"
        if (name in reason || (line <= until && !(at in run))) {
            used[covering] = 1
            lines_excepted += !(at in run)
            branches_excepted += missing
            excepted = excepted sprintf("%s:%d: %s: %s\n    %s\n", file, line, said, trimmed(source[at]), reason[covering])
            continue
        }
        lines_missed += !(at in run)
        branches_missed += missing
        uncovered = uncovered sprintf("%s:%d: %s: %s\n", file, line, said, trimmed(source[at]))
    }
}

function show(name, lines, all_lines, branches, all_branches) {
    printf "%-20s %6s %5d of %5d   %6s %5d of %5d\n", name, percent(lines, all_lines), lines, all_lines,
        percent(branches, all_branches), branches, all_branches
}

# In the order of their names; gcov's order is that of the objects.
function sort_files(    i, k, file) {
    for (i = 2; i <= file_count; i++) {
        file = files[i]
        for (k = i - 1; k > 0 && files[k] > file; k--)
            files[k + 1] = files[k]
        files[k + 1] = file
    }
}

END {
    sort_files()
    for (i = 1; i <= file_count; i++)
        if (files[i] ~ /^kmod\/[^\/]*$/)
            add_up(files[i])
    printf "%s", uncovered
    if (excepted)
        printf "\nexceptions:\n%s", excepted
    printf "\n%-20s %6s %14s   %6s %14s\n", "", "lines%", "", "branches%", ""
    for (i = 1; i <= file_count; i++) {
        file = files[i]
        if (file !~ /^kmod\/[^\/]*$/)
            continue
        show(file, lines_run[file], lines_all[file], branches_taken[file], branches_all[file])
        all_run += lines_run[file]
        all += lines_all[file]
        all_taken += branches_taken[file]
        all_branches += branches_all[file]
    }
    if (!all) {
        print "gcov said nothing of kmod/"
        exit 1
    }
    show("kmod/", all_run, all, all_taken, all_branches)
    printf "lines that were not run: %d, and %d more that are exceptions\n", lines_missed, lines_excepted
    printf "branches that were not taken: %d, and %d more that are exceptions\n", branches_missed, branches_excepted
    for (i = 1; i <= exceptions; i++) {
        name = in_order[i]
        if (!(name in used)) {
            print "no exception, since it is covered or gone: " name
            bad = 1
        } else if (reason[name] == "") {
            print "an exception without a reason: " name
            bad = 1
        }
    }
    if (100 * (all_run + lines_excepted) < LINES * all) {
        printf "missed: %s %% of the lines, without the exceptions\n", LINES
        bad = 1
    }
    if (100 * all_taken < BRANCHES * all_branches) {
        printf "missed: %s %% of the branches\n", BRANCHES
        bad = 1
    }
    exit bad
}
