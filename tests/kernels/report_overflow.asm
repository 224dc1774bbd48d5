; Where an exception's frame would still find room, and this finds none.

global saves:function (saves.end - saves)

section .text progbits alloc exec nowrite align=16
saves:
    pushad
    popad
    ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
