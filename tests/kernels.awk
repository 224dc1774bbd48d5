# The test kernels, a line each: the first sentence of each file's first comment.
#
#     awk -f tests/kernels.awk tests/kernels/NAME.c...

FNR == 1 {
    tell()
    name = FILENAME
    gsub(/.*\/|\.[a-z]*$/, "", name)
    said = ""
    open = 1
}

open {
    line = $0
    gsub(/^ *(\/\*|\*|#)? *| *\*\/$/, "", line)
    said = said (said == "" ? "" : " ") line
    open = $0 !~ /\*\/$/ && $0 !~ /^#/
}

END { tell() }

function tell()
{
    if (name == "")
        return
    sub(/\. .*/, ".", said)
    printf "  %-18s %s\n", name, said
}
