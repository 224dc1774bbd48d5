# Completes what clang's assembly says of epilogues. clang (14) does not say that a register that was popped is back: it
# leaves it at the place where it was saved, which is below ESP by then, and an interrupt overwrites it.

/^\tpopl\t%(ebx|esi|edi|ebp)$/ {
    if (!popping)
        print "\t.cfi_remember_state"
    popping = 1
    print
    sub(/.*%/, "\t.cfi_restore %")
}
{ print }
popping && /^\t(ret|jmp)/ {
    print "\t.cfi_restore_state"
    popping = 0
}
