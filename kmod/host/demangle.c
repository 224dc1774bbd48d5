/* C++'s and Rust's names as people write them. One child does all of them: it reads a file, so that neither waits for the
   other. */
#include "demangle.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "allocate.h"
#include "declared.h"
#include "fail.h"

extern char **environ;

#define HASH_DIGITS 16

/* A mangled name, without what marks a compiler's clone of it. */
struct mangled {
    const char *text;
    size_t length;
    bool is_rust, is_old_rust; /* _R..., or like C++'s, but for a hash behind it */
};

/* --- which names, and how much of them --- */

/* Where the "E" behind a hash, 17h0123456789abcdefE, is in a name, or 0. */
static const char *hash_end(const char *name)
{
    for (const char *hash = strstr(name, "17h"); hash; hash = strstr(hash + 1, "17h")) {
        const char *digits = hash + strlen("17h");
        const char *end = digits + strspn(digits, "0123456789abcdef");

        if (end - digits == HASH_DIGITS && *end == 'E' && (end[1] == 0 || end[1] == '.'))
            return end;
    }
    return 0;
}

/* Does a demangler know what to do with it? Other characters than these end a name for it. */
static bool find_mangled(const char *name, struct mangled *mangled)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.";
    const char *hash = hash_end(name);
    bool is_rust = name[0] == '_' && name[1] == 'R' && name[2] >= 'A' && name[2] <= 'Z';

    if ((!is_rust && strncmp(name, "_Z", 2) != 0) || name[strspn(name, characters)])
        return false;
    mangled->text = name;
    mangled->is_rust = is_rust;
    mangled->is_old_rust = !is_rust && hash && strncmp(name, "_ZN", 3) == 0;
    mangled->length = mangled->is_old_rust ? (size_t)(hash + 1 - name) : strcspn(name, ".");
    return true;
}

/* --- the child --- */

__attribute__((noreturn)) static void no_answer(const char *program, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail(EXIT_REFUSED, "%s, which is to make the names readable, ended with status %d", program, WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        fail(EXIT_REFUSED, "%s, which is to make the names readable, was ended by signal %d", program, WTERMSIG(status));
    fail(EXIT_REFUSED, "%s, which is to make the names readable, does not answer with a line for each", program);
}

/* Starts it, reading from input and writing to output; 0, or why not. */
static int start(const char *program, int input, int output, pid_t *child)
{
    char *arguments[] = {(char *)(uintptr_t)program, 0};
    posix_spawn_file_actions_t actions;
    int reason;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    reason = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (reason == 0)
        reason = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (reason == 0)
        reason = posix_spawnp(child, program, &actions, 0, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return reason;
}

static const char *start_any(const char *program, int input, int output, pid_t *child)
{
    static const char *const usual[] = {"c++filt", "llvm-cxxfilt"};
    int reason = ENOENT;

    for (unsigned i = 0; !*program && reason == ENOENT && i < sizeof usual / sizeof usual[0]; i++) {
        reason = start(usual[i], input, output, child);
        if (reason == 0)
            return usual[i];
    }
    if (!*program && reason == ENOENT)
        fail(EXIT_REFUSED, "there is neither c++filt (of binutils) nor llvm-cxxfilt for --demangle: install one of them, or"
             " name it, --demangle=PROGRAM");
    if (*program)
        reason = start(program, input, output, child);
    if (reason != 0)
        fail(EXIT_REFUSED, "%s cannot be run: %s", *program ? program : usual[0], strerror(reason));
    return program;
}

static char *read_all(int from)
{
    const size_t portion = 65536;
    char *bytes = 0;
    size_t size = 0;
    ssize_t got;

    do {
        bytes = allocate(bytes, size + portion + 1, 1);
        got = read(from, bytes + size, portion);
        size += got > 0 ? (size_t)got : 0;
    } while (got > 0 || (got < 0 && errno == EINTR));
    bytes[size] = 0;
    return bytes;
}

/* What the program answers to the names, a line each, to be freed by the caller. */
static char *ask(const char *program, const struct mangled *names, unsigned count)
{
    FILE *questions = tmpfile();
    char *answers;
    int ends[2];
    pid_t child;
    int status;

    for (unsigned i = 0; questions && i < count; i++)
        fprintf(questions, "%.*s\n", (int)names[i].length, names[i].text);
    if (!questions || fflush(questions) != 0 || ferror(questions) || lseek(fileno(questions), 0, SEEK_SET) != 0)
        fail(EXIT_REFUSED, "the names for --demangle cannot be written to a file: %s", strerror(errno));
    if (pipe(ends) != 0)
        fail(EXIT_REFUSED, "there is no pipe for --demangle: %s", strerror(errno));
    program = start_any(program, fileno(questions), ends[1], &child);
    close(ends[1]);
    answers = read_all(ends[0]);
    close(ends[0]);
    fclose(questions);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail(EXIT_REFUSED, "the end of %s cannot be awaited: %s", program, strerror(errno));
    for (const char *at = answers; status == 0 && count > 0; count--, at++)
        if (!(at = strchr(at, '\n')))
            break;
    if (status != 0 || count > 0)
        no_answer(program, status);
    return answers;
}

/* --- what it answers --- */

/* Takes so many characters out of a text. */
static void take_out(char *at, size_t count)
{
    memmove(at, at + count, strlen(at + count) + 1);
}

/* core[8787f43e282added]::fmt: which build of a crate it is of. An array's [f64] stands behind no name. */
static void drop_crate_hashes(char *name)
{
    for (char *at = name + 1; *name && *at; at++) {
        size_t digits = strspn(at + 1, "0123456789abcdef");
        bool behind_name = at[-1] == '_' || (at[-1] >= '0' && at[-1] <= '9') || (at[-1] >= 'A' && at[-1] <= 'Z') ||
                           (at[-1] >= 'a' && at[-1] <= 'z');

        if (*at == '[' && behind_name && digits > 0 && at[1 + digits] == ']')
            take_out(at--, digits + 2);
    }
}

/* _$LT$T$u20$as$u20$core..fmt..Debug$GT$::fmt::h0123456789abcdef, as a demangler of C++ has it: the hash is dropped, and
   the rest spelt out. */
static void spell_old_rust(char *name)
{
    static const char *const codes[][2] = {{"$LT$", "<"},   {"$GT$", ">"},   {"$RF$", "&"},   {"$BP$", "*"},
                                           {"$LP$", "("},   {"$RP$", ")"},   {"$C$", ","},    {"$SP$", "@"},
                                           {"$u20$", " "},  {"$u22$", "\""}, {"$u27$", "'"},  {"$u2b$", "+"},
                                           {"$u3b$", ";"},  {"$u5b$", "["},  {"$u5d$", "]"},  {"$u7b$", "{"},
                                           {"$u7d$", "}"},  {"$u7e$", "~"},  {"..", "::"}};
    size_t length = strlen(name);
    size_t hash = strlen("::h") + HASH_DIGITS;

    if (length > hash && strncmp(name + length - hash, "::h", 3) == 0)
        name[length - hash] = 0;
    for (char *at = name; *at; at++) {
        if (strncmp(at, "_$", 2) == 0 && (at == name || at[-1] == ':'))
            take_out(at, 1);
        for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++)
            if (strncmp(at, codes[i][0], strlen(codes[i][0])) == 0) {
                size_t plain = strlen(codes[i][1]);

                memcpy(at, codes[i][1], plain);
                take_out(at + plain, strlen(codes[i][0]) - plain);
                at += plain - 1;
                break;
            }
    }
}

/* A clone's suffix stays; but .llvm.0123456789 is a hash as well. */
static char *readable(const struct mangled *mangled, const char *answer, size_t length)
{
    const char *suffix = mangled->text + mangled->length;
    const char *hash = strstr(suffix, ".llvm.");
    size_t suffix_length = hash ? (size_t)(hash - suffix) : strlen(suffix);
    char *name = allocate(0, length + suffix_length + 1, 1);

    memcpy(name, answer, length);
    name[length] = 0;
    if (mangled->is_rust)
        drop_crate_hashes(name);
    else if (mangled->is_old_rust)
        spell_old_rust(name);
    else
        declared_name(name);
    strncat(name, suffix, suffix_length);
    return name;
}

void demangle(struct demangled *demangled, struct elf *elf, const char *program)
{
    struct mangled *mangled = allocate(0, elf->symbol_count, sizeof *mangled);
    unsigned *whose = allocate(0, elf->symbol_count, sizeof *whose);
    unsigned count = 0;
    char *answers;
    char *answer;

    for (unsigned i = 0; i < elf->symbol_count; i++) {
        const struct elf_symbol *symbol = &elf->symbols[i];

        if (symbol->section && elf_is_code(symbol->section) && find_mangled(symbol->name, &mangled[count]))
            whose[count++] = i;
    }
    answers = answer = ask(program, mangled, count);
    demangled->names = allocate(0, count, sizeof *demangled->names);
    demangled->count = count;
    for (unsigned i = 0; i < count; i++) {
        size_t length = strcspn(answer, "\n");

        demangled->names[i] = 0;
        if (length != mangled[i].length || memcmp(answer, mangled[i].text, length) != 0)
            elf->symbols[whose[i]].shown = demangled->names[i] = readable(&mangled[i], answer, length);
        answer += length + 1;
    }
    free(answers);
    free(whose);
    free(mangled);
}

void demangle_free(struct demangled *demangled)
{
    for (unsigned i = 0; i < demangled->count; i++)
        free(demangled->names[i]);
    free(demangled->names);
}
