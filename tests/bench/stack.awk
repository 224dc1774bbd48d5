# The deepest use of the handler's stack, from what the compiler says of each function and who calls whom.
#
#   awk -f stack.awk *.su calls
#
# *.su come from -fstack-usage. calls has lines "OBJECT CALLER CALLEE", made by bench.sh from the disassembly, and
# "* CALLER CALLEE" for calls through pointers, which the disassembly does not show. A function is one of its object file if
# that has one of the name, else the one that any other has. Prints "handler.stack_bytes N" and the path that needs it on
# standard error; fails on recursion and on a function of variable size.

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

{ calls[++count] = $1 " " $2 " " $3 }

function resolve(object, name) {
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

END {
    if (failed) exit 1
    for (i = 1; i <= count; i++) {
        split(calls[i], part, " ")
        callee = resolve(part[1], part[3])
        caller = part[1] == "*" ? anywhere[part[2]] : resolve(part[1], part[2])
        if (callee != "" && caller != "" && !((caller, callee) in seen)) {
            seen[caller, callee] = 1
            callees[caller] = callees[caller] "\n" callee
        }
    }
    root = anywhere[start]
    if (root == "") fail("no function " start)
    print "handler.stack_bytes " deepest(root)
    for (node = root; node != ""; node = next_on_path[node])
        printf "  %5d %s\n", own[node], node > "/dev/stderr"
}
