# What compilers call by themselves, if they are told to.

    .cfi_sections .debug_frame
    .text

    # One that only returns.
    .macro nothing name
    .globl \name
    .type \name, @function
\name:
    .cfi_startproc
    ret
    .cfi_endproc
    .size \name, . - \name
    .endm

    nothing mcount
    nothing __fentry__
    nothing __cyg_profile_func_enter
    nothing __cyg_profile_func_exit

    .globl __stack_chk_fail
    .type __stack_chk_fail, @function
__stack_chk_fail:
    hlt
    .size __stack_chk_fail, . - __stack_chk_fail

    # The same as compilers write unless the thunks are somebody else's (-mindirect-branch=thunk-extern): the loop behind the
    # call is where the CPU guesses that it goes on. Weak, because they write those of the same name.
    .macro thunk name, instruction:vararg
    .weak \name
    .type \name, @function
\name:
    .cfi_startproc
    call 2f
1:
    pause
    lfence
    jmp 1b
2:
    .cfi_def_cfa_offset 8
    \instruction
    .ifc \name, __x86_return_thunk
    .cfi_def_cfa_offset 4
    .endif
    ret
    .cfi_endproc
    .size \name, . - \name
    .endm

    .irp register, eax, ecx, edx, ebx, esi, edi, ebp
    thunk __x86_indirect_thunk_\register, mov %\register, (%esp)
    .endr
    thunk __x86_return_thunk_ecx, mov %ecx, (%esp)
    thunk __x86_return_thunk, lea 4(%esp), %esp

    .data
    .globl __stack_chk_guard
__stack_chk_guard:
    .long 0x00a5ff1e

    .section .note.GNU-stack, ""
