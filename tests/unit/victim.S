/*
 * The code of the victim (victim.h), in pieces of which tests make a stack. `function NAME` and `mark NAME` make an
 * address known by its name. A function is also a symbol of the table; a mark behind a call is a return address.
 */
.macro note name, kind
\name:
    .pushsection victim_marks, "a", @progbits
    .balign 32
    .asciz "\name"
    .balign 32
    .long \name - victim_start, \kind
    .balign 32
    .popsection
.endm

.macro function name
    .balign 16, 0x90
    note \name, 1
.endm

.macro mark name
    note \name, 0
.endm

.section victim_code, "a", @progbits
.code32
.intel_syntax noprefix
.globl victim_start, victim_end
victim_start:

/* Code that no symbol names. */
.balign 16, 0x90
mark nameless
    test eax, eax
    je 1f
    ret
1:  jmp middle
.balign 16, 0x90
mark nameless_ends
    ret
.balign 256, 0x90

/* --- functions with an EBP frame, from a thread's first one inward --- */
function thread
    push ebp
    mov ebp, esp
    sub esp, 8
    call outer
mark thread_outer
    call [ebx]
mark thread_pointer
    leave
    ret

function outer
    push ebp
    mov ebp, esp
    sub esp, 16
    call middle
mark outer_middle
    call [ebx + 4 * esi]
mark outer_pointer
    call other
mark outer_other
    call jumps
mark outer_jumps
    call jumps_if
mark outer_jumps_if
    call jumps_anywhere
mark outer_jumps_anywhere
    call returns
mark outer_returns
    call bare
mark outer_bare
    call lost
mark outer_lost
    call long_bare
mark outer_long_bare
    call early
mark outer_early
    call late
mark outer_late
    call switches
mark outer_switches
    call exchanges
mark outer_exchanges
    call unsure
mark outer_unsure
    call jumps_later
mark outer_jumps_later
    call jumps_elsewhere
mark outer_jumps_elsewhere
    call jumps_far
mark outer_jumps_far
    call undefined
mark outer_undefined
    .byte 0xe8
    .long 0x30000000
mark outer_unreadable
    call unsure_by_word
mark outer_unsure_by_word
    call odd
mark outer_odd
    call ends
mark outer_ends
    call door
mark outer_door
    call jumps_last
mark outer_jumps_last
    call ends_far
mark outer_ends_far
    call ends_interrupt
mark outer_ends_interrupt
    call ends_stop
mark outer_ends_stop
    call traced
mark outer_traced
    call traced_deep
mark outer_traced_deep
    call probes
mark outer_probes
    call probes_saved
mark outer_probes_saved
    call probes_lost
mark outer_probes_lost
    call jumps_deep
mark outer_jumps_deep
    call jumps_twice
mark outer_jumps_twice
    call jumps_from_case
mark outer_jumps_from_case
    call switches_only
mark outer_switches_only
    call jumps_by_table
mark outer_jumps_by_table
    call jumps_widely
mark outer_jumps_widely
    call nameless
mark outer_nameless
    call nameless_ends
mark outer_nameless_ends
    leave
    ret

/* Built with -fstack-clash-protection, by gcc and by clang, and with EBP gone. */
function probes
    push esi
    lea eax, [esp - 0x3000]
mark probes_loop
    sub esp, 0x1000
mark probes_touch
    or dword ptr [esp], 0
    cmp esp, eax
    jne probes_loop
    sub esp, 0x10
    add esp, 0x3010
    pop esi
    ret

function probes_saved
    push ebp
    xor ebp, ebp
    mov ecx, esp
    sub ecx, 0x3000
probes_saved_loop:
    sub esp, 0x1000
    mov dword ptr [esp], 0
mark probes_saved_touched
    cmp ecx, esp
    jne probes_saved_loop
    add esp, 0x3000
    pop ebp
    ret

function probes_lost
    xor ebp, ebp
    lea eax, [esp - 0x3000]
probes_lost_loop:
    sub esp, 0x1000
mark probes_lost_touch
    or byte ptr [esp], 0
    cmp esp, eax
    jne probes_lost_loop
    add esp, 0x3000
    ret

/* Built with -mfentry: what is called before the frame. */
function tracer
    push eax
    push ecx
    push edx
mark tracer_body
    call leaf
    pop edx
    pop ecx
    pop eax
    ret

function traced
    endbr32
    call tracer
mark traced_tracer
    push ebp
mark traced_pushed
    mov ebp, esp
    sub esp, 8
    call traced
mark traced_traced
    leave
    ret

function tracer_with_frame
    push ebp
    mov ebp, esp
    sub esp, 8
mark tracer_with_frame_body
    call leaf
    leave
    ret

function traced_deep
    .fill 5, 1, 0x90
    mov edi, edi
    call tracer_with_frame
mark traced_deep_tracer
    push ebp
    mov ebp, esp
    sub esp, 8
    call traced_deep
mark traced_deep_again
    leave
    ret

function middle
    push ebp
mark middle_pushed
    mov ebp, esp
    sub esp, 8
mark middle_body
    call leaf
mark middle_leaf
    call pops
mark middle_pops
    call [ebx]
mark middle_pointer
    call middle
mark middle_middle
    leave
    ret

function leaf
    push ebp
mark leaf_pushed
    mov ebp, esp
mark leaf_framed
    sub esp, 4
mark leaf_body
    mov eax, [ebp - 4]
    leave
mark leaf_left
    ret

function pops
    push ebp
    mov ebp, esp
    push ebx
    pop ebx
    pop ebp
mark pops_popped
    ret

/* --- called instead of middle --- */
function other
    push ebp
    mov ebp, esp
    pop ebp
    ret

function jumps
    mov eax, [esp + 4]
    jmp middle

function jumps_if
    test eax, eax
    jne middle
    ret

function jumps_later
    test eax, eax
    jne 1f
    ret
1:  jmp middle

/* The branch taken last is not the one that leads farthest. */
function jumps_last
    test eax, eax
    jne 2f
    test ecx, ecx
    jne 1f
1:  ret
2:  jmp middle

function jumps_anywhere
    jmp [ebx]

/* Four that end; the functions behind them would jump. */
function jumps_elsewhere
    jmp other
function behind_jumps_elsewhere
    jmp middle

function ends_far
    retf
function behind_ends_far
    jmp middle

function ends_interrupt
    iretd
function behind_ends_interrupt
    jmp middle

function ends_stop
    ud2
function behind_ends_stop
    jmp middle

/* Its piece elsewhere is too far to be followed; the function behind it would jump. */
function jumps_far
    test eax, eax
    jne switches
    ret
function behind_jumps_far
    jmp middle

function undefined
    .byte 0x0f, 0x04

/* It returns; the function behind it would jump. */
function returns
    xor eax, eax
    ret
function behind_returns
    jmp middle

/* --- functions without an EBP frame --- */
function bare
    push ebx
    sub esp, 12
mark bare_body
    call leaf
mark bare_leaf
    call bare
mark bare_bare
    call lost
mark bare_lost
    add esp, 12
    pop ebx
mark bare_end
    ret

function bare_two
    push ebx
    push esi
    sub esp, 12
    push 1
    call leaf
mark bare_two_leaf
    add esp, 16
    pop esi
    pop ebx
    ret

/* Only it knows by how much it moves ESP. */
function lost
    mov edi, esp
    sub esp, eax
mark lost_body
    call leaf
mark lost_leaf
    mov esp, edi
    ret

/* Too long for its end to be reached. */
function long_bare
    sub esp, eax
    call leaf
mark long_bare_leaf
    .rept 600
    nop
    .endr
    ret

/* The same with an EBP frame. */
function long_framed
    push ebp
    mov ebp, esp
    sub esp, 64
    call leaf
mark long_framed_leaf
    .rept 600
    nop
    .endr
    leave
    ret

/* It calls before it sets up its frame. */
function early
    call leaf
mark early_leaf
    push ebp
    mov ebp, esp
    call early
mark early_early
    pop ebp
    ret

/* It sets up its frame only where it needs one. */
function late
    test eax, eax
    jne 1f
    ret
1:  push ebp
    mov ebp, esp
    sub esp, 8
    call leaf
mark late_leaf
    leave
    ret

/* EBP is its frame, but points below where the caller's is. */
function odd
    push ebp
    lea ebp, [esp - 64]
    sub esp, eax
mark odd_body
    call leaf
mark odd_leaf
    lea esp, [ebp + 64]
    pop ebp
    ret

/* EBP is a register like any other. */
function busy
    push ebp
    sub esp, 8
    mov ebp, 1000
    call leaf
mark busy_leaf
    add esp, 8
    pop ebp
    ret

/* What it calls by pointer may pop arguments, and it does not return. */
function unsure
    push ebx
    sub esp, 8
    call [ebx]
    call leaf
mark unsure_leaf
1:  hlt
    jmp 1b

/* Unless what it calls by pointer pops its argument, ESP is a word lower. */
function unsure_by_word
    push ebx
    sub esp, 8
    push eax
    call [ebx]
    call leaf
mark unsure_by_word_leaf
1:  hlt
    jmp 1b

/* The same, and EBP is a register like any other. */
function unsure_busy
    push ebp
    sub esp, 8
    mov ebp, 1000
    push eax
    call [ebx]
    call leaf
mark unsure_busy_leaf
1:  hlt
    jmp 1b

/* Behind its last call stands another function, that returns from interrupts. */
function stops
    call handler
mark stops_handler
    ud2
function behind_stops
    iretd

/* Its last instruction is a call that does not return; the next function begins where that would. */
function ends
    push ebp
    mov ebp, esp
    sub esp, 8
    .rept 5
    nop
    .endr
    call leaf
mark ends_leaf
function behind_ends
    sub esp, 64
    call leaf
    add esp, 64
    ret

/* It can be entered at two places. */
function doors
    nop
mark door
    push ebp
    mov ebp, esp
    sub esp, 8
mark doors_body
    leave
    ret

/* A thread's first function that never returns, and the function that its return address names. */
function entry
    push ebp
    mov ebp, esp
    call outer
mark entry_outer
    hlt
function bare_entry
    sub esp, 4
    call outer
mark bare_entry_outer
1:  hlt
    jmp 1b
function unsure_entry
    sub esp, 4
    call [ebx]
    call outer
mark unsure_entry_outer
1:  hlt
    jmp 1b
function exit_thread
    hlt
    ret

/* From the boot loader, on a stack of its own. */
function boot
    mov esp, 0xc0204000
    call outer
mark boot_outer
1:  hlt
    jmp 1b

/* --- functions that align ESP --- */
/* gcc's way: a copy of the return address above the EBP frame; ecx points above the original. */
function aligned
    lea ecx, [esp + 4]
    and esp, -64
mark aligned_anded
    push dword ptr [ecx - 4]
mark aligned_copied
    push ebp
mark aligned_pushed
    mov ebp, esp
    push ecx
    sub esp, 68
mark aligned_body
    call leaf
mark aligned_leaf
    mov ecx, [ebp - 4]
    leave
    lea esp, [ecx - 4]
    ret

/* The same, farther than is searched. */
function aligned_far
    lea ecx, [esp + 4]
    and esp, -8192
    push dword ptr [ecx - 4]
    push ebp
    mov ebp, esp
    push ecx
    sub esp, 68
mark aligned_far_body
    call leaf
    mov ecx, [ebp - 4]
    leave
    lea esp, [ecx - 4]
    ret

/* clang's way: below the EBP frame. */
function aligned_below
    push ebp
    mov ebp, esp
    and esp, -64
    sub esp, 64
mark aligned_below_body
    call leaf
    leave
    ret

function bare_aligns
    push ebx
    sub esp, 12
    call aligned
mark bare_aligns_aligned
    call aligned_far
mark bare_aligns_far
    call aligned_below
mark bare_aligns_below
    call [ebx]
mark bare_aligns_pointer
    add esp, 12
    pop ebx
    ret

/* EBP is its caller's in the loop's first turn only. */
function counts
    push ebp
    sub esp, 8
mark counts_turn
    mov ebp, 1000
    dec eax
    jne counts_turn
    add esp, 8
    pop ebp
    ret

/* --- interrupts --- */
function handler
    push ebp
    mov ebp, esp
    sub esp, 8
mark handler_body
    call leaf
mark handler_leaf
    call bare
mark handler_bare
    call [ebx]
mark handler_pointer
    leave
    ret

function stub
    push 0
    push 32
mark stub_vector
    pushad
mark stub_registers
    push esp
    call handler
mark stub_handler
    add esp, 4
    popad
mark stub_restored
    add esp, 8
    iretd

/* The CPU pushed an error code; the vector's stub and the common one are two. */
function stub_error
    push 14
    jmp stub_common
function stub_common
    pushad
    .byte 0x1e, 0x06 /* push ds; push es: clang's assembler would make them 16 bits wide */
    call handler
mark stub_common_handler
    .byte 0x07, 0x1f /* pop es; pop ds */
    popad
    add esp, 8
    iretd

function stub_framed
    push ebp
    mov ebp, esp
    push eax
    push ecx
    push edx
    call handler
mark stub_framed_handler
    pop edx
    pop ecx
    pop eax
    pop ebp
    iretd

function stub_aligns
    push ebp
    mov ebp, esp
    and esp, -16
    call handler
mark stub_aligns_handler
    leave
    iretd

function stub_framed_error
    push ebp
    mov ebp, esp
    pushad
    call handler
mark stub_framed_error_handler
    popad
    leave
    add esp, 4
    iretd

/* Error code and vector between the trap frame and its EBP. */
function stub_framed_vector
    push ebp
    mov ebp, esp
    pushad
    call handler
mark stub_framed_vector_handler
    popad
    pop ebp
    add esp, 8
    iretd

/* More words between than are searched without the code. */
function stub_framed_far
    push 0
    push 32
    push eax
    push ecx
    push ebp
    mov ebp, esp
    pushad
    call handler
mark stub_framed_far_handler
    popad
    leave
    add esp, 16
    iretd

/* Its end is elsewhere. */
function stub_jumps
    push eax
    push ecx
    push edx
    call handler
mark stub_jumps_handler
    jmp 1f
    jmp [ebx]
1:  pop edx
    pop ecx
    pop eax
    iretd

function stub_zero
    pushad
    xor ebp, ebp
    call handler
mark stub_zero_handler
    popad
    iretd

/* It leaves EBP to its handler. */
function stub_three
    push eax
    push ecx
    push edx
    call handler
mark stub_three_handler
    pop edx
    pop ecx
    pop eax
    iretd

/* Where it goes cannot be told from its code. */
function stub_dark
    pushad
    call handler
mark stub_dark_handler
    jmp [ebx]
function stub_dark_zero
    pushad
    xor ebp, ebp
    call handler
mark stub_dark_zero_handler
    jmp [ebx]

/* What calls it makes the trap frame: EFLAGS, CS, and by the call EIP. */
function service
    pushad
    call handler
mark service_handler
    jmp [ebx]
function calls_service
    pushfd
    push 8
    call service
mark calls_service_back
    ret

/* And on which stack. */
function stub_dark_switch
    pushad
    mov esp, [ebx]
    call handler
mark stub_dark_switch_handler
    jmp [ebx]

function stub_dark_three
    push eax
    push ecx
    push edx
    call handler
mark stub_dark_three_handler
    jmp [ebx]
function stub_dark_framed
    push ebp
    mov ebp, esp
    pushad
mark stub_dark_framed_registers
    call handler
mark stub_dark_framed_handler
    jmp [ebx]

/* It does not tell where it keeps what the CPU pushed, either. */
function stub_dark_aligned
    pushad
    and esp, -16
    call handler
mark stub_dark_aligned_handler
    jmp [ebx]

/* They never go on. */
function stub_stops
    push eax
    push ecx
    push edx
    call handler
mark stub_stops_handler
1:  jmp 1b
function stub_stops_zero
    push ebp
    xor ebp, ebp
    call handler
mark stub_stops_zero_handler
1:  jmp 1b
function spins
    sub esp, 8
mark spins_body
    call leaf
mark spins_leaf
1:  jmp 1b

/* A megabyte of locals. */
function huge
    push ebp
    mov ebp, esp
    sub esp, 0x100000
mark huge_body
    call leaf
    leave
    ret

function calls_huge
    push ebp
    mov ebp, esp
    sub esp, 8
    call huge
mark calls_huge_huge
    leave
    ret

/* It goes on on a stack of its own. */
function stub_switch
    pushad
    mov eax, esp
    mov esp, [ebx]
    push eax
    call handler
mark stub_switch_handler
    pop esp
    popad
    iretd

/* It keeps the old ESP in a register, which its handler saves. */
function stub_switch_register
    pushad
    mov esi, esp
    mov esp, [ebx]
    call handler
mark stub_switch_register_handler
    mov esp, esi
    popad
    iretd

function stub_framed_switch
    push ebp
    mov ebp, esp
    mov esp, [ebx]
    call handler
mark stub_framed_switch_handler
    leave
    iretd

/* A function with a frame calls on another stack. */
function switches
    push ebp
    mov ebp, esp
    mov esp, [ebx]
mark switches_switched
    call handler
mark switches_handler
    leave
    ret

/* A function without one exchanges ESP. */
function exchanges
    push ebx
    mov ebx, [ebx]
    xchg esp, ebx
    call handler
mark exchanges_handler
    jmp 1f
    jmp [ebx]
1:  mov esp, ebx
    pop ebx
    ret

/* It calls its handler by a pointer, and leaves EBP to it. */
function stub_pointer
    push eax
    push ecx
    push edx
    call [ebx]
mark stub_pointer_handler
    pop edx
    pop ecx
    pop eax
    iretd

/* As probes, with an EBP frame. */
function probes_framed
    push ebp
    mov ebp, esp
    push esi
    lea eax, [esp - 0x3000]
probes_framed_loop:
    sub esp, 0x1000
mark probes_framed_touch
    or dword ptr [esp], 0
    cmp esp, eax
    jne probes_framed_loop
    sub esp, 0x10
    lea esp, [ebp - 4]
    pop esi
    leave
    ret

/* --- tail calls --- */
.macro addresses labels:vararg
    .irp label, \labels
    .long \label - victim_start + 0xc0100000
    .endr
.endm

.macro jump_by table /* jmp [table + 4 * eax] */
    .byte 0xff, 0x24, 0x85
    addresses \table
.endm

function jumps_deep
    .rept 100
    add eax, 1000
    .endr
    jmp middle

function jumps_twice
    cmp eax, 1
    jne jumps_deep
    ret

/* A switch, one of whose cases is a tail call. */
function jumps_from_case
    cmp eax, 1
    ja 1f
    jump_by jumps_from_case_table
1:  ret
2:  jmp middle
.balign 4
jumps_from_case_table:
    addresses 1b, 2b

/* One without. */
function switches_only
    cmp eax, 1
    ja 1f
    jump_by switches_only_table
1:  ret
.balign 4
switches_only_table:
    addresses 1b, 1b

/* A table of functions. */
function jumps_by_table
    jump_by functions_table
.balign 4
functions_table:
    addresses leaf, middle

/* To more functions than are looked at. */
function jumps_widely
    jne leaf
    jne pops
    jne returns
    jne ends_far
    jne ends_stop
    jne undefined
    jne other
    jne leaf
    jne bare
    ret

/* --- functions without an EBP frame whose code takes more than counting --- */
/* A switch. Its cases do not return, so that only the way from the start tells. */
function chooses
    push ebx
    sub esp, 8
    cmp eax, 2
    ja 4f
    jump_by chooses_table
1:  add esp, 8
    pop ebx
    ret
2:  push eax
    push eax
    call leaf
mark chooses_leaf
    hlt
3:  push eax
    call leaf
mark chooses_last
4:  hlt
    jmp 4b
.balign 4
chooses_table:
    addresses 1b, 2b, 3b

/* As gcc has it that does not optimize; nothing says how long the table is. One of its words leads to no code. */
function chooses_loaded
    sub esp, 8
    .byte 0x8b, 0x04, 0x85 /* mov eax, [table + 4 * eax] */
    addresses chooses_loaded_table
    jmp eax
1:  hlt
    jmp 1b
2:  push eax
    call leaf
mark chooses_loaded_leaf
3:  hlt
    jmp 3b
.balign 4
chooses_loaded_table:
    addresses 1b
    .long 0xc010fff0
    addresses 2b
    .long 0

/* It calls by pointer what pops one word, and makes that good. */
function repairs
    push ebx
    sub esp, 24
    mov [esp], eax
    call [ebx]
mark repairs_first
    sub esp, 4
    mov [esp], eax
    call [ebx + 4]
mark repairs_second
    sub esp, 4
    add esp, 24
    pop ebx
    ret

/* What it calls by pointer pops nothing; it makes room for the arguments of the next call. */
function makes_room
    push ebx
    sub esp, 24
    call [ebx]
    sub esp, 4
    push eax
    push eax
    push eax
    call leaf
mark makes_room_leaf
    add esp, 16
    add esp, 24
    pop ebx
    ret

/* ESP in a register, and back from it. They do not return. */
function keeps
    push edi
    sub esp, 8
    mov edi, esp
    lea esi, [esp + 4]
    push eax
    push eax
    call leaf
    mov esp, edi
    call leaf
mark keeps_leaf
    push eax
    mov esp, esi
    call leaf
mark keeps_higher
1:  hlt
    jmp 1b

/* The register has another value. */
function keeps_nothing
    sub esp, 12
    mov edi, esp
    push eax
    mov edi, [ebx]
    mov esp, edi
    call leaf
mark keeps_nothing_loaded
1:  hlt
    jmp 1b

function keeps_not_through_copy
    sub esp, 12
    mov esi, esp
    push eax
    rep movsd
    mov esp, esi
    call leaf
mark keeps_nothing_copied
1:  hlt
    jmp 1b

function keeps_not_through_cpuid
    sub esp, 12
    mov ebx, esp
    push eax
    cpuid
    mov esp, ebx
    call leaf
mark keeps_nothing_identified
1:  hlt
    jmp 1b

function keeps_halves
    sub esp, 12
    mov ebx, esp
    push eax
    .byte 0x66, 0x89, 0xdc /* mov sp, bx */
    call leaf
mark keeps_nothing_half
1:  hlt
    jmp 1b

victim_end:
.section .note.GNU-stack, "", @progbits
