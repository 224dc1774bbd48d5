#!/bin/sh
# test: 300 random damages to a kernel that crashes: no report is missing, broken or a lie (tests/inject/)
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}" "${QEMU:=qemu-system-i386}"
export QEMU

TRIALS=300
SEED=1 # always the same trials: what fails here can be repeated. `make inject` has any others

inject() {
    attend "$BUILD/native/tests/inject/inject" "$BUILD/kernels/inject.elf" tests $SEED "$@" >"$work/output" 2>&1
}

inject judge && grep -q '^[1-9][0-9]* falsehoods, 0 missed$' "$work/output"
tell $? 'reports that are not true are noticed' "$work/output"

inject $TRIALS && grep -q "^$TRIALS trials, seed $SEED: 0 failures\$" "$work/output"
status=$?
sed 's/^trial \([0-9]*\): .*/&; again: make inject SEED='$SEED' TRIAL=\1/' "$work/output" >"$work/failures"
tell $status "$TRIALS trials" "$work/failures"

plan
