/*
 * Feeds a target, where libFuzzer does not:
 *
 *     TARGET run PATH...                    the inputs in these files and folders
 *     TARGET random COUNT SEED              so many of random bytes
 *     TARGET search SECONDS SEED FOLDER...  looks for inputs that reach code which none in the folders does; they are
 *                                           added to the first folder
 *     TARGET minimize FOLDER FROM...        copies what is in the others to the first, but only the smallest that
 *                                           together reach as much
 *
 * To be built with -fsanitize-coverage=trace-pc, which calls back at each basic block. An input that breaks a law, trips a
 * sanitizer or takes too long ends the program, and lies then in TARGET.failed.
 */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_EACH 20 /* an input that takes longer hangs */
#define INPUTS_MOST 20000
#define RANDOM_LONGEST 600
#define CHANGES_MOST 6

struct bytes {
    uint8_t *bytes;
    size_t size;
};

/* --- what is reached --- */

/* How often each block was run: a place for each, by its address; a few share one. */
#define BLOCKS 65536
static uint8_t run_count[BLOCKS];
static uint8_t reached[BLOCKS]; /* by all inputs so far: a bit for each magnitude of its count */

void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
    uintptr_t pc = (uintptr_t)__builtin_return_address(0) - (uintptr_t)&LLVMFuzzerTestOneInput;
    uint8_t *count = &run_count[((uint32_t)pc * 2654435761u) >> 16];

    *count = (uint8_t)(*count + (*count < 255));
}

static uint8_t magnitude(uint8_t count)
{
    uint8_t bits = 1;

    for (; count > 1 && bits < 128; count /= 2)
        bits = (uint8_t)(bits << 1);
    return bits;
}

/* Takes what the last input reached to the rest. Was any of it new? by_count: also another magnitude counts. */
static bool take_new(bool by_count)
{
    bool new = false;

    for (size_t i = 0; i < BLOCKS; i++) {
        uint8_t bits = run_count[i] == 0 ? 0 : by_count ? magnitude(run_count[i]) : 1;

        if (bits & ~reached[i]) {
            reached[i] |= bits;
            new = true;
        }
    }
    return new;
}

static unsigned blocks_reached(void)
{
    unsigned count = 0;

    for (size_t i = 0; i < BLOCKS; i++)
        count += reached[i] != 0;
    return count;
}

/* --- one input --- */

static const char *program;
static struct bytes current;
static uint64_t executions;

static void save_failed(void)
{
    static const char said[] = "the input is in ";
    static char path[1024];
    static bool saved;
    ssize_t written;
    int file;

    if (saved)
        return;
    saved = true;
    snprintf(path, sizeof path, "%s.failed", program);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    written = write(file, current.bytes, current.size);
    close(file);
    written = write(STDERR_FILENO, said, sizeof said - 1);
    written = write(STDERR_FILENO, path, strlen(path));
    written = write(STDERR_FILENO, "\n", 1);
    (void)written;
}

/* So that the input is saved. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1";
}

const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:print_stacktrace=1";
}

static void end_by_signal(int number)
{
    static const char said[] = "the input takes too long\n";
    ssize_t written = 0;

    if (number == SIGALRM)
        written = write(STDERR_FILENO, said, sizeof said - 1);
    (void)written;
    save_failed();
    _exit(1);
}

/* A copy of just its size: the address sanitizer guards its ends. */
static void execute(const uint8_t *bytes, size_t size)
{
    current.size = size < FUZZ_LONGEST ? size : FUZZ_LONGEST;
    current.bytes = malloc(current.size + !current.size);
    if (current.size)
        memcpy(current.bytes, bytes, current.size);
    memset(run_count, 0, sizeof run_count);
    alarm(SECONDS_EACH);
    LLVMFuzzerTestOneInput(current.bytes, current.size);
    alarm(0);
    executions++;
    free(current.bytes);
}

/* --- inputs --- */

static struct bytes inputs[INPUTS_MOST];
static size_t input_count;

static void keep(const uint8_t *bytes, size_t size)
{
    struct bytes *input = &inputs[input_count];

    if (input_count == INPUTS_MOST)
        return;
    input->bytes = malloc(size + 1);
    input->size = size;
    if (size)
        memcpy(input->bytes, bytes, size);
    input_count++;
}

static void read_file(const char *path)
{
    static uint8_t bytes[FUZZ_LONGEST];
    FILE *file = fopen(path, "rb");

    if (!file) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    keep(bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

/* A file, or all of a folder that are no folders. */
static void read_inputs(const char *path)
{
    struct stat what;
    struct dirent *entry;
    DIR *folder;

    if (stat(path, &what) == 0 && !S_ISDIR(what.st_mode)) {
        read_file(path);
        return;
    }
    folder = opendir(path);
    if (!folder) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    while ((entry = readdir(folder))) {
        char name[1024];

        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' && stat(name, &what) == 0 && S_ISREG(what.st_mode))
            read_file(name);
    }
    closedir(folder);
}

/* Under a name that is made of its bytes. */
static void write_input(const char *folder, const struct bytes *input)
{
    uint64_t name = 0xcbf29ce484222325u;
    char path[1024];
    FILE *file;

    for (size_t i = 0; i < input->size; i++)
        name = (name ^ input->bytes[i]) * 0x100000001b3u;
    snprintf(path, sizeof path, "%s/%016" PRIx64, folder, name);
    file = fopen(path, "wb");
    if (!file || fwrite(input->bytes, 1, input->size, file) != input->size || fclose(file) != 0) {
        fprintf(stderr, "%s cannot be written\n", path);
        exit(2);
    }
}

static int by_size(const void *one, const void *other)
{
    const struct bytes *a = one, *b = other;

    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    return a->size ? memcmp(a->bytes, b->bytes, a->size) : 0;
}

/* --- new ones --- */

static uint32_t random_state;

static uint32_t below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return (random_state >> 3) % limit;
}

static size_t place_in(size_t size)
{
    return below((uint32_t)size + 1);
}

static size_t insert(uint8_t *bytes, size_t size, size_t place, const uint8_t *from, size_t count)
{
    if (count > FUZZ_LONGEST - size)
        count = FUZZ_LONGEST - size;
    memmove(bytes + place + count, bytes + place, size - place);
    if (from)
        memmove(bytes + place, from, count);
    else
        for (size_t i = 0; i < count; i++)
            bytes[place + i] = (uint8_t)below(256);
    return size + count;
}

/* Changes one thing; returns the new size. */
static size_t change(uint8_t *bytes, size_t size)
{
    static const uint8_t often[] = {0, 1, 4, 8, 16, 127, 128, 255};
    size_t place = place_in(size);
    size_t count = 1 + below(8);
    const struct bytes *other = &inputs[below((uint32_t)input_count)];
    size_t from = place_in(other->size);

    switch (below(7)) {
    case 0:
        return insert(bytes, size, place, 0, count);
    case 1: /* some of another one */
        if (below(4) == 0)
            count = below(200);
        return insert(bytes, size, place, other->bytes + from, count < other->size - from ? count : other->size - from);
    case 2:
        if (count > size - place)
            count = size - place;
        memmove(bytes + place, bytes + place + count, size - place - count);
        return size - count;
    case 3:
        return place; /* cut off */
    default:
        break;
    }
    if (place == size)
        return size;
    if (below(3) == 0)
        bytes[place] ^= (uint8_t)(1u << below(8));
    else if (below(2))
        bytes[place] = often[below(sizeof often)];
    else
        bytes[place] = (uint8_t)(bytes[place] + below(33) - 16);
    return size;
}

static int run_all(void)
{
    for (size_t i = 0; i < input_count; i++)
        execute(inputs[i].bytes, inputs[i].size);
    printf("%" PRIu64 " inputs\n", executions);
    return input_count == 0;
}

static int run_random(uint32_t count)
{
    static uint8_t bytes[RANDOM_LONGEST];

    for (uint32_t i = 0; i < count; i++) {
        size_t size = below(below(4) ? 40 : RANDOM_LONGEST);

        for (size_t k = 0; k < size; k++)
            bytes[k] = (uint8_t)below(256);
        execute(bytes, size);
    }
    printf("%" PRIu64 " inputs\n", executions);
    return 0;
}

static int search(time_t seconds, const char *folder)
{
    static uint8_t bytes[FUZZ_LONGEST];
    time_t begun = time(0), told = begun, now;
    size_t known = input_count, found = 0;

    for (size_t i = 0; i < known; i++) {
        execute(inputs[i].bytes, inputs[i].size);
        take_new(true);
    }
    if (input_count == 0)
        keep(bytes, 0);
    while ((now = time(0)) - begun < seconds) {
        const struct bytes *input = &inputs[below(2) ? below((uint32_t)input_count)
                                                     : (uint32_t)input_count - 1 - below((uint32_t)input_count / 8 + 1)];
        size_t size = input->size;

        if (size)
            memcpy(bytes, input->bytes, size);
        for (uint32_t i = 1 + below(CHANGES_MOST); i > 0; i--)
            size = change(bytes, size);
        execute(bytes, size);
        if (take_new(true)) {
            keep(bytes, size);
            write_input(folder, &inputs[input_count - 1]);
            found++;
        }
        if (now - told >= 10) {
            told = now;
            fprintf(stderr, "  %d s: %" PRIu64 " executions, %u blocks, %zu inputs\n", (int)(now - begun), executions,
                    blocks_reached(), input_count);
        }
    }
    printf("%" PRIu64 " executions, %zu new inputs, %u blocks\n", executions, found, blocks_reached());
    return 0;
}

static int minimize(const char *folder)
{
    size_t kept = 0, size = 0;

    qsort(inputs, input_count, sizeof inputs[0], by_size);
    for (size_t i = 0; i < input_count; i++) {
        execute(inputs[i].bytes, inputs[i].size);
        if (take_new(false)) {
            write_input(folder, &inputs[i]);
            kept++;
            size += inputs[i].size;
        }
    }
    printf("%zu of %zu inputs, %zu bytes, %u blocks\n", kept, input_count, size, blocks_reached());
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    bool search_it = strcmp(what, "search") == 0;
    bool minimize_it = strcmp(what, "minimize") == 0;
    bool random_ones = strcmp(what, "random") == 0;
    int first = search_it ? 4 : minimize_it ? 3 : 2;

    program = argv[0];
    if (argc < (random_ones ? 4 : first + 1) || !(search_it || minimize_it || random_ones || strcmp(what, "run") == 0)) {
        fprintf(stderr, "usage: %s run PATH... | random COUNT SEED | search SECONDS SEED FOLDER... | "
                        "minimize FOLDER FROM...\n", program);
        return 2;
    }
    signal(SIGALRM, end_by_signal);
    signal(SIGABRT, end_by_signal);
    if (random_ones || search_it)
        random_state = (uint32_t)strtoul(argv[3], 0, 0) * 2654435761u | 1;
    if (random_ones)
        return run_random((uint32_t)strtoul(argv[2], 0, 0));
    for (int i = first; i < argc; i++)
        read_inputs(argv[i]);
    if (search_it)
        return search((time_t)strtol(argv[2], 0, 0), argv[4]);
    if (minimize_it)
        return minimize(argv[2]);
    return run_all();
}
