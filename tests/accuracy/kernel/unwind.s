# How to unwind the stubs of boot/interrupts.asm, for which NASM writes no unwind information: DWARF 4, 6.4.
# Only those that programs let in. An error in here breaks the truth: it would not lead to the thread's start any more.

    .equ EAX, 0
    .equ ECX, 1
    .equ EDX, 2
    .equ EBX, 3
    .equ ESP, 4
    .equ EBP, 5
    .equ ESI, 6
    .equ EDI, 7
    .equ EIP, 8

    .macro advance bytes
    .byte 0x40 + \bytes
    .endm

    # How far ESP is below the interrupted function's.
    .macro depth bytes
    .byte 0x0e
    .uleb128 \bytes
    .endm

    .macro saved register, below
    .byte 0x80 + \register
    .uleb128 \below / 4
    .endm

    .macro restored register
    .byte 0xc0 + \register
    .endm

    # The stub, instruction by instruction. length: in bytes.
    .macro stub vector, error_code, length
    .balign 4
    .long 2f - 1f
1:
    .long common
    .long trap_\vector
    .long \length
    .if \error_code == 0
    advance 2                           # push 0
    .endif
    depth 16
    advance 2                           # push vector
    depth 20
    advance 1                           # pushad
    depth 52
    saved EAX, 24
    saved ECX, 28
    saved EDX, 32
    saved EBX, 36
    saved EBP, 44
    saved ESI, 48
    saved EDI, 52
    advance 1                           # push ds
    depth 56
    advance 1                           # push es
    depth 60
    advance 2                           # push fs
    depth 64
    advance 2                           # push gs
    depth 68
    advance 15                          # mov eax; mov ds, es, fs, gs; cld; push esp
    depth 72
    advance 8                           # call; add esp, 4
    depth 68
    advance 2                           # pop gs
    depth 64
    advance 2                           # pop fs
    depth 60
    advance 1                           # pop es
    depth 56
    advance 1                           # pop ds
    depth 52
    advance 1                           # popad
    depth 20
    restored EAX
    restored ECX
    restored EDX
    restored EBX
    restored EBP
    restored ESI
    restored EDI
    advance 3                           # add esp, 8
    depth 12
    .balign 4                           # 0 does nothing
2:
    .endm

    .section .debug_frame
common:
    .long 2f - 1f
1:
    .long 0xffffffff                    # a CIE
    .byte 1                             # version
    .asciz "S"                          # an interrupt: the return address is what comes next, not what follows a call
    .uleb128 1                          # unit of advance
    .sleb128 -4                         # unit of saved
    .byte EIP
    .byte 0x0c                          # at first ESP is 12 bytes below the interrupted function's
    .uleb128 ESP
    .uleb128 12
    saved EIP, 12
    .balign 4
2:
    stub 14, 1, 0x2b
    .irp vector, 32, 48, 49, 50, 51
    stub \vector, 0, 0x2d
    .endr

    # --gc-sections drops the debug information of an object of which it keeps nothing.
    .section .rodata
    .globl unwind_stubs
unwind_stubs:
    .byte 0

    .section .note.GNU-stack, ""
