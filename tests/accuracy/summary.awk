# Adds up what run.sh says of each program, tells how far it is, and whether the bar is met.
#
#     awk -v programs=N -v seed=SEED -v target=accuracy -f summary.awk
#
# Each line: KIND NUMBER, then the numbers of compare.awk, "never overflows", or what went wrong. The exit status is 1
# when a bar is missed: with frame pointers every frame has its right row and no row is wrong, but for frames that an
# interrupt hit behind their pop ebp; without them no wrong row is without a mark; and some program of each kind
# overflows.

BEGIN {
    SHOWN = 20
    FRAMES = 1; RIGHT = 2; MISSING = 3; WRONG = 4; UNMARKED = 5; EPILOGUES = 6; EPILOGUES_RIGHT = 7
}

{
    kind = $1
    program = $1 "/" $2
    if (!(kind in done))
        order[++kinds] = kind
    done[kind]++
    if (/ never overflows$/) {
        idle++
    } else if (NF != 9 || $0 !~ /^[^ ]+ [0-9 ]+$/) {
        sub(/^[^ ]+ [^ ]+ /, "")
        blame($0)
    } else {
        for (i = 1; i <= 7; i++)
            sum[kind, i] += number[i] = $(i + 2)
        if (number[UNMARKED] || (kind ~ /-fp$/ && (number[MISSING] || number[WRONG])))
            blame(number[MISSING] " missing, " number[WRONG] " wrong, " number[UNMARKED] " of these without a mark")
    }
    if (++all % 50 == 0)
        print all " of " programs " programs"
    fflush()
}

function blame(why)
{
    missed[kind]++
    if (++failed == 1)
        worst = program
    if (failed <= SHOWN)
        print "  " program ": " why
}

END {
    printf "\n%-30s %8s %8s %9s %8s %7s %9s %15s\n", "", "programs", "frames", "right", "missing", "wrong", "unmarked",
        "behind pop ebp"
    for (k = 1; k <= kinds; k++) {
        kind = order[k]
        if (!(kind in missed) && !sum[kind, FRAMES]) {
            missed[kind] = done[kind]
            failed += done[kind]
        }
        kinds_missed += kind in missed
        for (i = 1; i <= 7; i++)
            total[i] += sum[kind, i]
        printf "%-30s %8d %8d %8.2f%% %8d %7d %9d %7d of %4d   %s\n", kind, done[kind], sum[kind, FRAMES],
            sum[kind, FRAMES] ? 100 * sum[kind, RIGHT] / sum[kind, FRAMES] : 0, sum[kind, MISSING], sum[kind, WRONG],
            sum[kind, UNMARKED], sum[kind, EPILOGUES_RIGHT], sum[kind, EPILOGUES],
            missed[kind] ? "missed by " missed[kind] : "met"
    }
    printf "\n%d kinds of build, %d of them met; %d frames, %d right, %d missing; %d rows wrong, %d of these without a mark\n", kinds,
        kinds - kinds_missed, total[FRAMES], total[RIGHT], total[MISSING], total[WRONG], total[UNMARKED]
    if (idle)
        print idle " programs never overflow: they end in functions that call none that calls on"
    if (all < programs) {
        print "only " all + 0 " of " programs " programs were run"
        failed++
    }
    if (worst)
        print failed " programs miss the bar. One of them again: make " target " PROGRAM=" worst " SEED=" seed
    exit failed > 0
}
