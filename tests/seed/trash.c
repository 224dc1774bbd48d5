/*
 * Recovers the seed's crash from nothing when the words that are not known hold trash:
 *
 *     trash FOLDER RUNS SEED
 *
 * Trash is what a kernel stack holds where nothing was written lately: any words, addresses of the stack, addresses of
 * code, and whole stale frames that lead into the true chain. As long as they join it at its first three records, every
 * row of the article from the fourth on has to come out; the exit status says whether it did. When they may join it
 * anywhere, rows can be lost, since nearly no code is there by which a false link could be told; how many is printed.
 */
#include <inttypes.h>
#include <string.h>

#include "../../kmod/host/fail.h"
#include "registry.h"
#include "stackhog.h"
#include "walk.h"

const char program_name[] = "trash";

#define ARTICLE_ROWS 118
#define JOINED_EARLY 3 /* records, and so rows that may be false */
#define STALE_CHAINS 6
#define STALE_LONGEST 8 /* frames in one of them */
#define ROWS_MOST (STACKHOG_WORDS + 64)

static struct stackhog stackhog;

/* --- the article's rows --- */

struct kf_row {
    uint32_t bytes, child_ebp, return_address;
};

static struct kf_row article[ARTICLE_ROWS];

static void read_article(const char *folder)
{
    char path[512], line[256];
    unsigned count = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/stackhog.kf", folder);
    file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        fail(EXIT_REFUSED, "%s cannot be read", path);
    while (fgets(line, sizeof line, file) && count < ARTICLE_ROWS) {
        struct kf_row *row = &article[count++];

        if (sscanf(line + 8, "%" SCNx32 " %" SCNx32, &row->child_ebp, &row->return_address) != 2)
            fail(EXIT_REFUSED, "a line that is not understood: %s", line);
        line[8] = 0; /* the Memory column, which can be blank */
        row->bytes = (uint32_t)strtoul(line, 0, 16);
    }
    fclose(file);
    if (count != ARTICLE_ROWS)
        fail(EXIT_REFUSED, "%s has %u rows", path, count);
}

/* --- trash --- */

static uint32_t random_state;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint32_t random_below(uint32_t limit)
{
    return random_word() % limit;
}

static uint32_t code_address(void)
{
    const struct ksg_module *module = registry_modules();

    for (uint32_t i = random_below(8); i > 0 && module->next; i--)
        module = module->next;
    return module->ranges[0].start + random_below(module->ranges[0].end - module->ranges[0].start);
}

static uint32_t index_of(uint32_t address)
{
    return (address - STACKHOG_LIMIT) / 4;
}

static uint32_t address_of(uint32_t index)
{
    return STACKHOG_LIMIT + 4 * index;
}

/* Where the nth record of the true chain is: the saved EBP that the nth row's ChildEBP was read from. */
static uint32_t true_record(uint32_t n)
{
    return n == 0 ? 0xb8ae60ec : article[n - 1].child_ebp;
}

/* An address of the stack; unless it may join the true chain anywhere, none of the words that are known. */
static uint32_t stack_address(bool anywhere)
{
    uint32_t index;

    do
        index = random_below(STACKHOG_WORDS);
    while (!anywhere && stackhog.known[index]);
    return address_of(index);
}

static bool two_unknown(uint32_t index)
{
    return index + 1 < STACKHOG_WORDS && !stackhog.known[index] && !stackhog.known[index + 1];
}

/* Stale frames that lead down to up, and at last to the true record joined: written from there downward. */
static void put_stale_chain(uint32_t joined)
{
    uint32_t index = index_of(joined);
    uint32_t link = joined;

    for (uint32_t frames = 1 + random_below(STALE_LONGEST); frames > 0; frames--) {
        uint32_t gap = 2 + random_below(12);

        if (index < gap)
            return;
        index -= gap;
        while (index > 0 && !two_unknown(index))
            index--;
        if (!two_unknown(index))
            return;
        stackhog.stack[index] = link;
        stackhog.stack[index + 1] = code_address();
        link = address_of(index);
    }
}

static void fill(bool anywhere)
{
    for (uint32_t i = 0; i < STACKHOG_WORDS; i++) {
        uint32_t kinds[] = {random_word(), stack_address(anywhere), code_address()};

        if (!stackhog.known[i])
            stackhog.stack[i] = kinds[random_below(3)];
    }
    for (unsigned i = 0; i < STALE_CHAINS; i++)
        put_stale_chain(true_record(random_below(anywhere ? ARTICLE_ROWS - 1 : JOINED_EARLY)));
}

/* --- what comes out --- */

struct outcome {
    uint32_t false_rows; /* frames before the article's */
    uint32_t lost;       /* of the article's rows */
};

static bool same(const struct row *row, const struct kf_row *expected, uint32_t pc)
{
    bool user = row->kind == ROW_USER;
    uint32_t return_address = user ? 0 : row->return_address;

    return row->child_ebp == expected->child_ebp && return_address == expected->return_address && row->pc == pc &&
           row->bytes == expected->bytes;
}

static struct outcome recover(struct code *code)
{
    static struct row rows[ROWS_MOST];
    struct walk_start start = {
        .view = {&stackhog.machine.memory, code, STACKHOG_LIMIT, STACKHOG_BASE, stackhog.crash.cs},
        .esp = STACKHOG_LIMIT,
    };
    struct walk walk;
    uint32_t count = 0;
    uint32_t right = 0;

    walk_begin(&walk, &start);
    while (count < ROWS_MOST && walk_next(&walk, &rows[count]))
        if (rows[count].kind == ROW_FRAME || rows[count].kind == ROW_USER)
            count++;
    /* The first row of all has no bytes in the article, and its own EIP: here it has to be the recovered RetAddr. */
    while (right < count && right < ARTICLE_ROWS) {
        const struct kf_row *expected = &article[ARTICLE_ROWS - 1 - right];
        uint32_t pc = right < ARTICLE_ROWS - 1 ? expected[-1].return_address : stackhog.crash.eip;

        if (!same(&rows[count - 1 - right], expected, pc))
            break;
        right++;
    }
    return (struct outcome){count - right, ARTICLE_ROWS - right};
}

/* Returns in how many runs more rows were lost than the early joins explain. */
static uint32_t try_all(struct code *code, uint32_t runs, bool anywhere)
{
    uint32_t with_false = 0, most_false = 0, all_false = 0, with_lost = 0, most_lost = 0, all_lost = 0, failed = 0;

    for (uint32_t run = 0; run < runs; run++) {
        struct outcome outcome;

        fill(anywhere);
        outcome = recover(code);
        with_false += outcome.false_rows > 0;
        all_false += outcome.false_rows;
        if (outcome.false_rows > most_false)
            most_false = outcome.false_rows;
        failed += outcome.lost > JOINED_EARLY;
        with_lost += outcome.lost > 0;
        all_lost += outcome.lost;
        if (outcome.lost > most_lost)
            most_lost = outcome.lost;
    }
    printf("stale chains that join %s: %" PRIu32 " runs\n", anywhere ? "anywhere" : "at the first three records", runs);
    printf("  false rows in front: in %" PRIu32 " runs, %" PRIu32 " at most, %" PRIu32 " in all\n", with_false,
           most_false, all_false);
    printf("  rows lost: in %" PRIu32 " runs, %" PRIu32 " at most, %" PRIu32 " in all, more than three in %" PRIu32
           " runs\n",
           with_lost, most_lost, all_lost, failed);
    return failed;
}

int main(int argc, char **argv)
{
    static struct code code;
    uint32_t runs, failed;

    if (argc != 4)
        fail(EXIT_WRONG_COMMAND, "usage: trash FOLDER RUNS SEED");
    runs = (uint32_t)strtoul(argv[2], 0, 10);
    random_state = (uint32_t)strtoul(argv[3], 0, 10) * 2 + 1;
    stackhog_load(&stackhog, argv[1]);
    read_article(argv[1]);
    article[0].bytes = article[0].child_ebp - true_record(0);
    code_open(&code, &ksg_symbol_table, registry_modules());
    failed = try_all(&code, runs, false);
    try_all(&code, runs, true);
    return failed == 0 ? 0 : 1;
}
