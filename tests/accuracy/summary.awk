# Adds up what run.sh says of each program, tells how far it is, and whether the bar is met.
#
#     awk -v programs=N -v seed=SEED -f summary.awk
#
# Each line: KIND NUMBER, then the numbers of compare.awk, or what went wrong. The exit status is 1 when a bar is missed:
# with frame pointers every row has to be right, but for frames that an interrupt hit behind their pop ebp; without them no
# wrong row is without a mark.

BEGIN { numbers = "^[0-9]+( [0-9]+)+ " }

{
    kind = $1
    if (!(kind in done))
        order[++kinds] = kind
    done[kind]++
    text = $0
    sub(/^[^ ]+ [^ ]+ /, "", text)
    framed = kind ~ /-fp$/
    if (text !~ numbers) {
        broken[kind]++
        blame(text)
    } else {
        for (i = 1; i <= 7; i++)
            sum[kind, i] += $(i + 2)
        if ($7 || (framed && ($5 || $6)))
            blame($5 " missing, " $6 " wrong, " $7 " of these without a mark")
    }
    if (++all % 50 == 0)
        progress()
}

function blame(why)
{
    failed++
    if (failed <= 20)
        printf "  %s/%s: %s\n", kind, $2, why
    if (failed == 1)
        first = kind "/" $2
    fflush()
}

function progress()
{
    printf "%d of %d programs\n", all, programs
    fflush()
}

END {
    printf "\n%-15s %8s %8s %8s %8s %8s %8s %18s\n", "", "programs", "frames", "right", "missing", "wrong", "unmarked",
        "behind pop ebp"
    for (k = 1; k <= kinds; k++) {
        kind = order[k]
        printf "%-15s %8d %8d %7.2f%% %8d %8d %8d %10d of %4d\n", kind, done[kind], sum[kind, 1],
            sum[kind, 1] ? 100 * sum[kind, 2] / sum[kind, 1] : 0, sum[kind, 3], sum[kind, 4], sum[kind, 5], sum[kind, 7],
            sum[kind, 6]
    }
    if (all < programs) {
        printf "only %d of %d programs were run\n", all, programs
        failed++
    }
    if (failed)
        printf "%d programs miss the bar; one of them again: make accuracy PROGRAM=%s SEED=%s\n", failed, first, seed
    exit failed > 0
}
