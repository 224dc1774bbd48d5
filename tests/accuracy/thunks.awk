# Completes what assembly says of thunks (kmod/thunk.h): compilers do not say, or say wrongly, that in one the return address
# is a word or two further up. Where EBP tells where the frame is, that changes nothing.

/^\t\.cfi_startproc/ { by_esp = 1 }
/^\t\.cfi_def_cfa_register/ { by_esp = $2 ~ /^(4|%?esp)$/ }
/^\t\.cfi_def_cfa / { by_esp = $2 ~ /^(4|%?esp),$/ }
/^\t\.cfi_remember_state/ { remembered[++depth] = by_esp }
/^\t\.cfi_restore_state/ { by_esp = remembered[depth--] }

function directive(text)
{
    if (by_esp)
        print "\t.cfi_" text
}

# A thunk within a function, which is called: its first instruction, right behind its label.
/^\tcall\t\.LIND/ && held ~ /^\.LIND/ && substr($2, 6) + 0 > substr(held, 6) + 0 {
    release()
    called = 4
    directive("remember_state")
    directive("adjust_cfa_offset 4")
    print
    directive("restore_state")
    next
}

# How a thunk ends.
/^\tretl?$/ && held ~ /^\t(movl?\t%e.., \(%esp\)|lea\t4\(%esp\), %esp)$/ {
    directive("remember_state")
    directive("adjust_cfa_offset " called + 4)
    print held
    if (held ~ /lea/)
        directive("adjust_cfa_offset -4")
    print
    directive("restore_state")
    holding = called = 0
    held = ""
    next
}

{
    release()
    held = $0
    holding = 1
}
END { release() }

function release()
{
    if (holding)
        print held
    holding = 0
    held = ""
}
