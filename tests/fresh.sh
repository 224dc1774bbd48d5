#!/bin/sh
# Does what the README says on a bare machine: sh tests/fresh.sh [bookworm|trixie|sid]. `make fresh SUITE=trixie`.
#
#     sh tests/fresh.sh --commands    prints the README's commands instead
#
# debootstrap makes a Debian with nothing in it in BUILD/fresh/SUITE, a clean clone of HEAD goes there, and then the
# commands, in a chroot. BUILD/fresh/SUITE.log keeps what all of them said; the Debian is removed when all is well. The exit
# status is 1 when anything failed, 2 for another SUITE, 77 when the mirror could not be reached at all.
#
# All that runs in there has mounts and processes of its own: they are gone with it, however it ends.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=build}"
PATH=$PATH:/usr/sbin:/sbin
TRIES=3
UNREACHABLE=77

# What stands in the README from where it begins to try it up to the next heading, as far as it is indented.
commands() {
    awk '/^## / { exit } inside && sub(/^    /, "") { print } /^Try it, on a fresh Debian/ { inside = 1 }' README.md
}

say() {
    echo "fresh: $suite: $*"
}

fail() {
    echo "fresh: $*" >&2
    exit 1
}

# alone COMMAND...: with mounts and processes of its own. What it says goes to the log.
alone() {
    unshare --mount --pid --fork --kill-child "$@" >>"$log" 2>&1 &
    child=$!
    wait $child
}

make_debian() {
    try=1
    while
        say "making a bare Debian, try $try of $TRIES"
        ! alone debootstrap --variant=minbase "$suite" "$root"
    do
        unreachable=
        # Without an answer there is no HTTP status either.
        ! grep -q 'E: Failed getting release file' "$log" || grep -q ' ERROR [0-9]' "$root/debootstrap/debootstrap.log" ||
            unreachable=yes
        tail -n 5 "$log"
        if [ $try -eq $TRIES ]; then
            [ -z "$unreachable" ] || { say "SKIP: the mirror cannot be reached"; exit $UNREACHABLE; }
            fail "debootstrap failed; see $log"
        fi
        try=$((try + 1))
        rm -rf "$root"
        : >"$log"
    done
    echo "Acquire::Retries \"$TRIES\";" >"$root/etc/apt/apt.conf.d/retries"
}

# HEAD of whoever owns this folder; it may be detached, and its history cut off.
clone() {
    printf '[safe]\n\tdirectory = *\n' >"$root.git"
    GIT_CONFIG_GLOBAL=$root.git
    export GIT_CONFIG_GLOBAL
    git init -q "$root$there" && git -C "$root$there" fetch -q --depth 1 "$PWD" HEAD &&
        git -C "$root$there" -c advice.detachedHead=false checkout -q FETCH_HEAD
    status=$?
    rm -f "$root.git"
    return $status
}

# run COMMAND: as root, in the clone, with nothing of this machine's environment but the way to the mirror.
run() {
    say "\$ $1"
    began=$(date +%s)
    # shellcheck disable=SC2016
    alone sh -c 'mount -t proc proc "$1/proc" && cd "$1" && exec chroot "$@"' sh "$root" /usr/bin/env -i \
        HOME=/root TERM=dumb PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" no_proxy="${no_proxy-}" \
        sh -c "cd $there || exit
$1"
    status=$?
    say "  took $(($(date +%s) - began)) seconds"
    return $status
}

case $#:${1-} in
0:) suite=bookworm ;;
1:--commands)
    commands
    exit ;;
1:bookworm | 1:trixie | 1:sid) suite=$1 ;;
*)
    echo "fresh: SUITE is bookworm, trixie or sid, not \"$*\"" >&2
    exit 2 ;;
esac
root=$PWD/$BUILD/fresh/$suite
case $BUILD in /*) root=$BUILD/fresh/$suite ;; esac
log=$root.log
there=/root/kstackguard

[ "$(id -u)" = 0 ] || fail "this takes root: debootstrap and chroot do"
command -v debootstrap >/dev/null || fail "this takes debootstrap; sh tests/setup.sh --all installs it"
commands=$(commands)
[ -n "$commands" ] || fail "the README has no commands to try"

child=
trap 'kill -KILL $child 2>/dev/null; exit 130' INT TERM HUP
rm -rf "$root"
mkdir -p "$root" || exit 1
: >"$log"
[ -z "$(git -c safe.directory='*' status --porcelain 2>&1)" ] || say 'what is not committed is not tried'
make_debian
clone || fail "HEAD could not be cloned"

# The commands come on another descriptor than the one that is closed for them.
while read -r command <&3; do
    if ! run "$command"; then
        grep '^not ok' "$log" | tail -n 30
        tail -n 15 "$log"
        echo "$suite: $(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)" | grep passed
        fail "failed: $command; see $log, and $root"
    fi
done 3<<END
$commands
END
rm -rf "$root"
grep '^ok .* # SKIP' "$log"
echo "$suite: $(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)"
