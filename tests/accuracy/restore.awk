# Completes what clang's assembly says of epilogues. clang (14) does not say that a register that was popped is back: it
# leaves it at the place where it was saved, which is below ESP by then, and an interrupt overwrites it. What is popped
# right behind $pb, where position-independent code learns its address, was never saved.

/\$pb:$/ { at_base = 1 }
/^\tpopl\t%(ebx|esi|edi|ebp)$/ && at_base {
    at_base = 0
    print
    next
}
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
