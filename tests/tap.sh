# What a test in shell needs, to be sourced: a folder to work in, and TAP. It ends with `plan`.

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'kill ${child-} 2>/dev/null; exit 143' INT TERM HUP
tap_count=0
tap_failures=0

# tell STATUS WHAT [FILE...]: one test, passed if the status is 0; else the files are shown.
tell() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $tap_count - $2"
        return
    fi
    echo "not ok $tap_count - $2"
    tap_failures=$((tap_failures + 1))
    shift 2
    [ $# -eq 0 ] || head -n 40 "$@" | sed 's/^/# /'
}

# skip WHAT WHY
skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

plan() {
    echo "1..$tap_count"
    exit $((tap_failures > 0))
}

# attend COMMAND...: runs it so that a signal that ends the test ends it too.
attend() {
    "$@" &
    child=$!
    wait $child
}
