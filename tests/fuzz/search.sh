#!/bin/sh
# Looks for inputs that break a law of the targets in this folder, with clang's libFuzzer if LIBFUZZER is set, else with
# the targets' own search:
#
#     sh tests/fuzz/search.sh        TARGETS="walk report ..." SECONDS_EACH=60
#     sh tests/fuzz/search.sh keep   no search: what was found is taken to the corpus, as far as it reaches more of kmod/
#
# It begins with the corpus, tests/fuzz/corpus/TARGET/, and with what it found before: BUILD/fuzz/TARGET/. The exit status
# is 1 when a law was broken; the input is then in a file that is named. `make fuzz` builds first.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${BUILD:=build}" "${TARGETS:=walk recover decode symbols format report log}"
seconds=${SECONDS_EACH:-60}
corpus=tests/fuzz/corpus
failed=0
child=
trap 'kill $child 2>/dev/null; exit 130' INT TERM HUP

# follow LOG: the last line that the child wrote, every ten seconds.
follow() {
    while sleep 10 && kill -0 $child 2>/dev/null; do
        tail -n 1 "$1" | cut -c 1-100 | sed 's/^/    /'
    done
}

# search TARGET
search() {
    found=$BUILD/fuzz/$1
    log=$found.log
    mkdir -p "$found" "$corpus/$1"
    begun=$(date +%s)
    if [ "${LIBFUZZER-}" ]; then
        echo "$1: $seconds s with libFuzzer"
        "$BUILD/libfuzzer/$1" -max_total_time="$seconds" -max_len=1024 -len_control=0 -timeout=20 -print_final_stats=1 \
            -artifact_prefix="$found.failed-" "$found" "$corpus/$1" >"$log" 2>&1 &
    else
        echo "$1: $seconds s"
        "$BUILD/sanitized/$1" search "$seconds" "$begun" "$found" "$corpus/$1" >"$log" 2>&1 &
    fi
    child=$!
    follow "$log" &
    follower=$!
    wait $child
    status=$?
    kill $follower 2>/dev/null
    wait $follower 2>/dev/null
    executions=$(awk '/^stat::number_of_executed_units:/ { print $2 } / executions, .* blocks$/ { print $1 }' "$log")
    echo "  ${executions:-?} executions in $(($(date +%s) - begun)) s, $(find "$found" -type f | wc -l) inputs found so far"
    [ $status -eq 0 ] && return
    failed=1
    echo "  FAILED:"
    grep -E 'law is broken|ERROR|runtime error|takes too long|the input is in|Test unit written|    #[0-9]+ .*(kmod|tests)/' "$log" |
        head -n 20 | sed 's/^/    /'
}

# keep TARGET
keep() {
    mkdir -p "$corpus/$1" "$BUILD/fuzz/$1"
    rm -rf "$BUILD/fuzz/kept"
    mkdir "$BUILD/fuzz/kept"
    "$BUILD/sanitized/$1" minimize "$BUILD/fuzz/kept" "$corpus/$1" "$BUILD/fuzz/$1" >"$BUILD/fuzz/kept.log" || {
        cat "$BUILD/fuzz/kept.log"
        exit 1
    }
    echo "$1: $(cat "$BUILD/fuzz/kept.log")"
    rm -rf "${corpus:?}/$1"
    mv "$BUILD/fuzz/kept" "$corpus/$1"
}

for target in $TARGETS; do
    if [ "${1-}" = keep ]; then
        keep "$target"
    else
        search "$target"
    fi
done
exit $failed
