#!/bin/sh
# test: make fresh takes its commands from the README, and says what it cannot do; make clean removes nothing that is mounted
set -u
cd "$(dirname "$0")/.." || exit 2
unset MAKEFLAGS MAKELEVEL SUITE
. tests/tap.sh

printf '%s\n' 'sh tests/setup.sh && make run' 'sh tests/setup.sh --all' 'make test' >"$work/expected"
sh tests/fresh.sh --commands | diff "$work/expected" - >"$work/difference"
tell $? "the README's commands" "$work/difference"

sh tests/fresh.sh jessie >"$work/said" 2>&1
[ $? -eq 2 ] && grep -q 'bookworm, trixie or sid, not "jessie"' "$work/said"
tell $? 'another SUITE' "$work/said"
make fresh SUITE='sid; false' >"$work/said" 2>&1
grep -q 'not "sid; false"' "$work/said"
tell $? 'another SUITE of make fresh' "$work/said"

# id and debootstrap are what stands in this folder.
mkdir "$work/bin"
printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
chmod +x "$work/bin/id"
BUILD=$work/build PATH=$work/bin:$PATH sh tests/fresh.sh >"$work/said" 2>&1
[ $? -eq 1 ] && [ "$(cat "$work/said")" = 'fresh: this takes root: debootstrap and chroot do' ] && [ ! -e "$work/build" ]
tell $? 'without root' "$work/said"

printf '#!/bin/sh\necho 0\n' >"$work/bin/id"
# unshare's options end where the command begins.
printf '%s\n' '#!/bin/sh' 'while case $1 in -*) ;; *) false ;; esac; do shift; done' 'exec "$@"' >"$work/bin/unshare"
# A mirror that does not answer, and one that does with an error.
printf '%s\n' '#!/bin/sh' 'mkdir -p "$3/debootstrap"' 'echo "$answer" >"$3/debootstrap/debootstrap.log"' 'echo tried >>"$tries"' \
    'echo "E: Failed getting release file http://nowhere/Release"' 'exit 1' >"$work/bin/debootstrap"
chmod +x "$work"/bin/*
tries=$work/tries
export tries
answer='failed: Connection refused.' BUILD=$work/build PATH=$work/bin:$PATH sh tests/fresh.sh trixie >"$work/said" 2>&1
[ $? -eq 77 ] && grep -q 'trixie: SKIP: the mirror cannot be reached' "$work/said" && [ "$(grep -c tried "$tries")" -eq 3 ]
tell $? 'a mirror that cannot be reached is skipped after three tries' "$work/said" "$tries"
answer='2026-11-28 13:25:05 ERROR 404: Not Found.' BUILD=$work/build PATH=$work/bin:$PATH sh tests/fresh.sh trixie >"$work/said" 2>&1
[ $? -eq 1 ] && ! grep -q SKIP "$work/said" && grep -q 'debootstrap failed' "$work/said"
tell $? 'one that answers with an error is a failure' "$work/said"

mkdir -p "$work/full/kept"
if unshare --mount sh -c 'mount -t tmpfs none "$1" && umount "$1"' sh "$work/full/kept" 2>/dev/null; then
    # shellcheck disable=SC2016
    unshare --mount sh -c 'mount -t tmpfs none "$1/kept" && : >"$1/kept/file" && ! make -s clean BUILD="$1" && [ -e "$1/kept/file" ]' \
        sh "$work/full" >"$work/said" 2>&1
    tell $? 'make clean while something is mounted there' "$work/said"
else
    skip 'make clean while something is mounted there' 'mounting takes root'
fi
make -s clean BUILD="$work/full" >"$work/said" 2>&1
[ ! -e "$work/full" ]
tell $? 'make clean when nothing is' "$work/said"
plan
