#!/bin/sh
# test: the runner tells passed, failed and skipped apart, keeps the order, and leaves nothing behind
set -u
cd "$(dirname "$0")" || exit 2
. ./tap.sh

# A project of its own, whose tests are what the cases below make them.
mkdir -p "$work/tests/unit" "$work/tests/kernels" "$work/build/native/tests/unit" "$work/tmp"
cp run.sh tap.awk "$work/tests/"

# unit NAME: a unit program; what it does comes on standard input.
unit() {
    : >"$work/tests/unit/$1.c"
    { echo '#!/bin/sh'; cat; } >"$work/build/native/tests/unit/$1"
    chmod +x "$work/build/native/tests/unit/$1"
}

run() {
    TMPDIR=$work/tmp BUILD=$work/build sh "$work/tests/run.sh" "$@" >"$work/output" 2>&1
    status=$?
}

# prints WHAT STATUS: the whole output comes on standard input.
prints() {
    cmp -s - "$work/output" && [ $status -eq "$2" ]
    tell $? "$1 (status $status)" "$work/output"
}

unit a <<'END'
sleep 0.3
echo '1..2'
echo 'ok 1 - first'
echo 'ok 2 - second'
END
unit b <<'END'
echo '1..1'
echo 'ok 1'
END
run
prints 'what passed, in the order of the names' 0 <<'END'
ok 1 - unit/a: first
ok 2 - unit/a: second
ok 3 - unit/b
1..3
3 passed, 0 failed
END

unit a <<'END'
echo 'ok 1 - good'
echo 'not ok 2 - bad'
echo '# because'
echo 'something else'
echo '1..2'
exit 1
END
run
prints 'what failed, and what is said of it' 1 <<'END'
ok 1 - unit/a: good
not ok 2 - unit/a: bad
# because
# something else
ok 3 - unit/b
1..3
2 passed, 1 failed
END

unit a <<'END'
echo '1..2'
echo 'ok 1 - good'
echo 'ok 2 - odd # SKIP not today'
END
unit b <<'END'
echo '1..0 # SKIP no tool'
END
run
prints 'what was skipped' 0 <<'END'
ok 1 - unit/a: good
ok 2 - unit/a: odd # SKIP not today
ok 3 - unit/b # SKIP no tool
1..3
1 passed, 0 failed, 2 skipped
END

# fails WHAT TEXT: the program on standard input makes the run fail, with this text.
fails() {
    unit a
    run unit/a
    [ $status -eq 1 ] && grep -q "^not ok .*$2" "$work/output"
    tell $? "$1" "$work/output"
}
fails 'no plan' 'unit/a: no plan; status 0' <<'END'
echo 'ok 1 - good'
END
fails 'nothing at all' 'unit/a: no plan; status 0' <<'END'
END
fails 'fewer tests than planned' '2 tests planned, 1 run; status 0' <<'END'
echo '1..2'
echo 'ok 1 - good'
END
fails 'more tests than planned' '0 tests planned, 1 run' <<'END'
echo '1..0'
echo 'ok 1 - good'
END
fails 'a plan for nothing' 'tests nothing' <<'END'
echo '1..0'
END
fails 'a bad end after good tests' 'nothing failed, and yet status 3' <<'END'
echo '1..1'
echo 'ok 1 - good'
exit 3
END
fails 'a crash' 'ended by signal 11' <<'END'
echo '1..1'
echo 'ok 1 - good'
kill -SEGV $$
END
fails 'a skipped failure' 'bad # SKIP' <<'END'
echo '1..1'
echo 'not ok 1 - bad # SKIP'
exit 1
END
rm "$work/build/native/tests/unit/a"
run unit/a
[ $status -eq 1 ]
tell $? 'a program that was not built' "$work/output"
sed -i 's/^SECONDS_EACH=.*/SECONDS_EACH=1/' "$work/tests/run.sh"
fails 'a program that hangs' 'still running after its time' <<'END'
sleep 60
END

unit a <<'END'
echo 1..1
echo ok 1
END
cp "$work/build/native/tests/unit/a" "$work/build/native/tests/unit/aa"
: >"$work/tests/unit/aa.c"
printf '#!/bin/sh\n# test: nothing much\necho 1..1\necho ok 1 - shell\n' >"$work/tests/script.sh"
printf '#!/bin/sh\n# no test\nexit 1\n' >"$work/tests/tool.sh"
run unit/a
prints 'one by its name' 0 <<'END'
ok 1 - unit/a
1..1
1 passed, 0 failed
END
run 'unit/*a' script
prints 'several by parts of their names' 0 <<'END'
ok 1 - unit/a
ok 2 - unit/aa
ok 3 - script: shell
1..3
3 passed, 0 failed
END
run nobody
[ $status -eq 2 ]
tell $? 'none of that name' "$work/output"

unit a <<'END'
trap 'echo ended >"$told"; exit' TERM
echo running >"$told"
sleep 60 &
wait
END
rm "$work/build/native/tests/unit/aa" "$work/tests/unit/aa.c" "$work/tests/script.sh"
sed -i 's/^SECONDS_EACH=.*/SECONDS_EACH=60/' "$work/tests/run.sh"
told=$work/told
export told
TMPDIR=$work/tmp BUILD=$work/build sh "$work/tests/run.sh" unit/a >"$work/output" 2>&1 &
runner=$!
for tenth in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ ! -s "$told" ] || break
    sleep 0.1
done
kill -TERM $runner
wait $runner
status=$?
[ $status -eq 130 ]
tell $? 'it can be ended' "$work/output"
grep -q ended "$told"
tell $? 'and ends what it runs' "$work/output"
ls "$work/tmp" >"$work/output"
[ ! -s "$work/output" ]
tell $? 'no file is left behind' "$work/output"

plan
