/* The walk: the rows of one stack, innermost first. An iterator, so that no row is ever stored. */
#ifndef KMOD_WALK_H
#define KMOD_WALK_H

#include "ksg.h"
#include "record.h"

enum row_kind {
    ROW_FRAME,  /* a function's frame */
    ROW_LOST,   /* a function that was running, but whose frame could not be found; no bytes */
    ROW_USER,   /* the user mode that entered the kernel: no frame, no bytes */
    ROW_BEFORE, /* from ESP to the first record, when it is not known whose that is */
    ROW_GAP,    /* from the last frame before a break to the next recovered record */
    ROW_REST,   /* from the last frame to the base */
    ROW_ENTRY,  /* the same, where an entry from user mode began the stack: what it pushed */
    ROW_SWITCH  /* the walk goes on in another stack; no bytes */
};

/* How far a frame's row can be trusted. Only the last two can be wrong. */
enum trust { TRUST_CHAINED, TRUST_FRAMELESS, TRUST_TRAP, TRUST_RECOVERED, TRUST_GUESS };

struct row {
    enum row_kind kind;
    enum trust trust;
    bool stub;                       /* ROW_FRAME: an interrupt stub's, which repeats its callee's ChildEBP */
    uint32_t bytes;                  /* of one stack: they add up to base - esp */
    uint32_t child_ebp;              /* ROW_FRAME, ROW_USER, ROW_BEFORE, ROW_GAP */
    uint32_t return_address;         /* ROW_FRAME, ROW_BEFORE, ROW_GAP */
    uint32_t pc;                     /* ROW_FRAME, ROW_LOST, ROW_USER: the address that the row is named after */
    const struct function *function; /* that holds it; 0 for other rows. Stands until the next row */
    const struct ksg_stack *stack;   /* ROW_SWITCH: the stack entered */
};

/* Why the walk ended. */
enum walk_end {
    WALK_NOT_ENDED,
    WALK_BASE,       /* the last link is the stack's base */
    WALK_USER,       /* a trap from user mode */
    WALK_ZERO,       /* a zero EBP, as a thread starts with */
    WALK_ODD,        /* EBP is not aligned as the stack is: no multiple of 4 */
    WALK_DOWN,       /* EBP does not lead upward */
    WALK_OFF,        /* EBP lies outside the stack */
    WALK_UNREADABLE, /* the next record cannot be read */
    WALK_NO_CODE,    /* no CALL ends at the return address */
    WALK_FIRST,      /* the return address is 0, at the end of the stack */
    WALK_BUDGET      /* it would take too long */
};

/* Where a walk starts. */
struct walk_start {
    struct view view;
    uint32_t esp, ebp, eip;
    const uint32_t *registers;      /* the eight, as instructions number them; 0: not known */
    bool eip_known;                 /* false: the innermost function is not known */
    const struct ksg_stack *stacks; /* list: a chain may lead into another of these */
    uint32_t below_zero;            /* bytes of the innermost frame below esp, which went around address 0 */
    uint32_t esp0;                  /* where an entry from user mode begins a stack; 0: not known */
    uint32_t cut;                   /* rows up to the last, which ends it with WALK_BUDGET; 0: as many as there are */
    bool verified_only; /* where the chain breaks the walk ends, and no other one is searched for */
};

/* What the first walk of several may take: rows, and work as memory.h counts it. The later ones give the same rows, but
   may take more, since other functions may have to be looked up again. */
#define WALK_ROWS_MOST 0x10800u
#define WALK_WORK_MOST 0x90000u
#define WALK_WORK_LATER (2 * WALK_WORK_MOST)

/* Where no direct CALL of a function left its return address. */
struct uncalled {
    uint32_t function; /* where it starts */
    uint32_t from, to;
};

#define UNCALLED 4 /* a power of 2: stubs that nest in each other */

/* Where a walk is. */
struct walk {
    struct view view;       /* its base is esp0 once an entry from user mode there was found */
    const struct ksg_stack *stacks;
    uint32_t esp0;
    uint32_t pc;            /* of the function whose row comes next */
    bool exact;             /* pc was about to execute; else it is a return address, and pc - 1 lies in the function */
    bool pc_known;
    bool plain;             /* nothing is in doubt: the next row is likely to be chained, its CALL direct */
    uint32_t esp, ebp;      /* as they were, or will be, at pc */
    enum evidence evidence; /* unless exact: for pc being a return address */
    uint32_t below_zero;    /* bytes that the next row has besides */
    uint32_t reached;       /* up to here, the bytes belong to rows already given */
    uint32_t child;         /* the last row's ChildEBP */
    const uint32_t *registers; /* as they were where the walk began; 0: not known */
    bool begun;             /* a frame's row was given */
    bool verified_only;
    bool recovered;         /* the chain was */
    bool doubtful;          /* pc comes from a guess */
    bool beside_ebp;        /* the last frame was not where EBP said, so that EBP need not be a frame now */
    struct uncalled uncalled[UNCALLED];
    bool lost;              /* the last row was ROW_LOST, and head leads on */
    struct record head;     /* of the chain that was recovered last */
    uint32_t budget;        /* rows left */
    uint32_t work, work_most; /* done so far for all rows but the plain ones; what may be done */
    const struct ksg_stack *entering; /* the walk goes on in this stack */
    uint32_t entered;       /* and there from here on the bytes count */
    uint32_t back;          /* where the function at pc goes on in it, with esp: behind a load of ESP; 0: as ever */
    uint32_t switches;      /* stacks entered so far */
    enum walk_end end;
    bool done;
};

/* Where the next record can be at the lowest. */
static inline uint32_t walk_floor(const struct walk *walk)
{
    return walk->esp + ((walk->view.skew - walk->esp) & 3);
}

void walk_begin(struct walk *walk, const struct walk_start *start);

/* For the first walk of several, which all have to give the same rows. When it has ended, walk_cut sets start->cut, so
   that the later ones end where it did. */
void walk_begin_first(struct walk *walk, struct walk_start *start);
void walk_cut(const struct walk *walk, struct walk_start *start);

/* The next row. False when there is none left; walk->end then says why. */
bool walk_next(struct walk *walk, struct row *row);

#endif
