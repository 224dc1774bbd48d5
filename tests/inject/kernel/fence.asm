; The module's code, which is linked behind this, begins a new page: the host's page table entries can be damaged without it.
section .text progbits alloc exec nowrite align=4096
    int3
section .note.GNU-stack noalloc noexec nowrite progbits
