# The deepest use of the handler's stacks, from what the compiler says of each function and who calls whom.
#
#   awk -v start=FUNCTION [-v fault=FUNCTION] -f stack.awk *.su calls
#
# *.su come from -fstack-usage. calls has lines "OBJECT CALLER CALLEE", made by stack.sh from the disassembly, and
# "* CALLER CALLEE VIA..." for calls that the disassembly does not show; the functions VIA are on the way, but where the
# compiler has made them a part of CALLER. A function is one of its object file if that has one of the name, else the one
# that any other has. A fault can come anywhere, and is handled on the same stack.
#
# Prints the bytes, and the path that needs them on standard error; fails on recursion, on a function of variable size, and
# on one of unknown size.

function fail(message) { print "stack.awk: " message > "/dev/stderr"; failed = 1; exit 1 }

FILENAME ~ /\.su$/ {
    n = split($1, place, ":")
    object = FILENAME
    sub(/\.su$/, "", object)
    name = place[n]
    node = object " " name
    own[node] = $2 + 4                 # and the return address
    anywhere[name] = node
    if ($3 != "static" && $3 != "dynamic,bounded")
        fail(node " has a frame of unknown size")
    next
}

{ calls[++count] = $0 }

# The compiler numbers its copies of a function, in the object more than in the .su; what it moves out of one, cold, uses
# the same frame.
function resolve(object, name) {
    sub(/\.cold$/, "", name)
    if (!((object " " name) in own) && !(name in anywhere)) sub(/\.[0-9]+$/, "", name)
    if ((object " " name) in own) return object " " name
    return name in anywhere ? anywhere[name] : ""
}

# Recursion of awk's own, as deep as the call graph.
function deepest(node,   i, n, list, callee, most, below) {
    if (node in known) return known[node]
    if (node in active) fail("recursion through " node)
    active[node] = 1
    most = 0
    n = split(callees[node], list, "\n")
    for (i = 2; i <= n; i++) {
        below = deepest(list[i])
        if (below > most) { most = below; next_on_path[node] = list[i] }
    }
    delete active[node]
    return known[node] = own[node] + most
}

function needed(name) {
    if (!(name in anywhere)) fail("no function " name)
    return deepest(anywhere[name])
}

function print_path(name,   node) {
    for (node = anywhere[name]; node != ""; node = next_on_path[node])
        printf "  %5d %s\n", own[node], node > "/dev/stderr"
}

function add_call(caller, callee) {
    if ((caller, callee) in seen) return
    seen[caller, callee] = 1
    callees[caller] = callees[caller] "\n" callee
}

END {
    if (failed) exit 1
    for (i = 1; i <= count; i++) {
        parts = split(calls[i], part, " ")
        caller = resolve(part[1], part[2])
        callee = resolve(part[1], part[3])
        if (caller == "" || callee == "")
            fail("of unknown size: " (caller == "" ? part[2] : part[3]) " in " calls[i])
        if (parts > 3) {
            way = calls[i]
            own[way] = 0
            for (via = 4; via <= parts; via++)
                if (part[via] in anywhere)
                    own[way] += own[anywhere[part[via]]]
            add_call(caller, way)
            caller = way
        }
        if (caller != callee)
            add_call(caller, callee)
    }
    bytes = needed(start)
    print_path(start)
    if (fault != "") {
        bytes += needed(fault)
        print_path(fault)
    }
    print bytes
}
