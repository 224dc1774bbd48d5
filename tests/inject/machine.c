/* A virtual machine with a kernel that waits. */
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../kmod/host/allocate.h"
#include "../../kmod/host/fail.h"

#define ANSWER_SECONDS 300     /* of patience with QEMU itself */
#define READY_SECONDS 60
#define HANG_SECONDS 8.0       /* of CPU time; a report with a dead UART takes less than one */
#define POLL_MILLISECONDS 3

#define HLT_INSTRUCTION "HLT=1"

/* --- an empty image that snapshots can be kept in: QEMU's docs/interop/qcow2.txt --- */

#define CLUSTER 65536u

static void big_endian(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
}

/* Four clusters: the header, the refcount table, one refcount block, the L1 table. */
static void write_image(const char *path)
{
    static uint8_t image[4 * CLUSTER];
    FILE *file = fopen(path, "wb");

    memcpy(image, "QFI\xfb", 4);
    big_endian(image + 4, 2, 4);            /* version */
    big_endian(image + 20, 16, 4);          /* cluster bits */
    big_endian(image + 24, CLUSTER, 8);     /* the disk's size */
    big_endian(image + 36, 1, 4);           /* entries of the L1 table */
    big_endian(image + 40, 3 * CLUSTER, 8); /* where it is */
    big_endian(image + 48, CLUSTER, 8);     /* where the refcount table is */
    big_endian(image + 56, 1, 4);           /* its clusters */
    big_endian(image + CLUSTER, 2 * CLUSTER, 8);
    for (unsigned i = 0; i < 4; i++)
        big_endian(image + 2 * CLUSTER + 2 * i, 1, 2);
    if (!file || fwrite(image, sizeof image, 1, file) != 1 || fclose(file) != 0)
        fail(EXIT_REFUSED, "%s cannot be written: %s", path, strerror(errno));
}

/* --- QMP --- */

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Takes what has come on COM1: into a file, so that nobody who is late makes the UART wait. */
static void take_log(struct machine_vm *vm)
{
    ssize_t size = pread(vm->serial, vm->log, MACHINE_LOG, 0);

    vm->log_size = size > 0 ? (size_t)size : 0;
}

/* Waits for the next line from QEMU, and takes it; the caller frees it. 0: QEMU has ended. */
static char *next_line(struct machine_vm *vm)
{
    double deadline = now() + ANSWER_SECONDS;

    for (;;) {
        char *end = vm->answers_size ? memchr(vm->answers, '\n', vm->answers_size) : 0;
        struct pollfd socket = {vm->control, POLLIN, 0};
        ssize_t got;

        if (end) {
            size_t length = (size_t)(end - vm->answers) + 1;
            char *line = allocate(0, length, 1);

            memcpy(line, vm->answers, length - 1);
            line[length - 1] = 0;
            memmove(vm->answers, end + 1, vm->answers_size -= length);
            return line;
        }
        if (now() > deadline)
            fail(EXIT_REFUSED, "QEMU does not answer");
        poll(&socket, 1, 1000);
        vm->answers = allocate(vm->answers, vm->answers_size + 4096, 1);
        got = recv(vm->control, vm->answers + vm->answers_size, 4096, MSG_DONTWAIT);
        if (got == 0)
            vm->has_ended = true;
        if (vm->has_ended)
            return 0;
        if (got > 0)
            vm->answers_size += (size_t)got;
    }
}

/* Sends a command, and returns its answer, which the caller frees. Events that come before it are taken note of. 0: QEMU has
   ended. */
static char *command(struct machine_vm *vm, const char *json)
{
    size_t length = strlen(json);

    if (vm->has_ended || send(vm->control, json, length, MSG_NOSIGNAL) != (ssize_t)length)
        return 0;
    for (;;) {
        char *line = next_line(vm);

        if (line == 0)
            return 0;
        vm->was_reset |= strstr(line, "\"SHUTDOWN\"") != 0;
        if (strncmp(line, "{\"return\"", 9) == 0)
            return line;
        if (strncmp(line, "{\"error\"", 8) == 0)
            fail(EXIT_REFUSED, "QEMU refuses %s: %s", json, line);
        free(line);
    }
}

static void order(struct machine_vm *vm, const char *json)
{
    free(command(vm, json));
}

/* A command of the human monitor that has nothing to say when all is well. */
static void order_monitor(struct machine_vm *vm, const char *line)
{
    char json[160];
    char *answer;

    snprintf(json, sizeof json, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"%s\"}}", line);
    answer = command(vm, json);
    if (answer && strcmp(answer, "{\"return\": \"\"}\r") != 0 && strcmp(answer, "{\"return\": \"\"}") != 0)
        fail(EXIT_REFUSED, "QEMU says to %s: %s", line, answer);
    free(answer);
}

/* Is it stopped when it would reset itself, so that its memory can be looked at? */
static void stop_at_reset(struct machine_vm *vm, bool stop)
{
    order(vm, stop ? "{\"execute\":\"set-action\",\"arguments\":{\"reboot\":\"shutdown\",\"shutdown\":\"pause\"}}\n"
                   : "{\"execute\":\"set-action\",\"arguments\":{\"reboot\":\"reset\"}}\n");
}

static char *registers(struct machine_vm *vm)
{
    return command(vm, "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"info registers\"}}");
}

/* --- its life --- */

static void run_qemu(struct machine_vm *vm, const char *qemu, const char *kernel, int control)
{
    char memory[160], control_device[64], serial[128], image[128];

    snprintf(memory, sizeof memory, "memory-backend-file,id=ram,size=%u,share=on,mem-path=%s/memory", MACHINE_MEMORY,
             vm->folder);
    snprintf(control_device, sizeof control_device, "socket,id=control,fd=%d", control);
    snprintf(serial, sizeof serial, "file,id=serial,append=on,path=%s/serial", vm->folder);
    snprintf(image, sizeof image, "if=none,format=qcow2,file=%s/image", vm->folder);
    fcntl(control, F_SETFD, 0);
    execlp(qemu, qemu, "-kernel", kernel, "-M", "pc,memory-backend=ram", "-m", "40", "-object", memory, "-nodefaults",
           "-display", "none", "-chardev", control_device, "-qmp", "chardev:control", "-chardev",
           serial, "-serial", "chardev:serial", "-drive", image, (char *)0);
    fprintf(stderr, "%s cannot be run: %s\n", qemu, strerror(errno));
    _exit(127);
}

static struct machine_vm *to_clear_up;

static void clear_up(void)
{
    if (to_clear_up)
        machine_stop(to_clear_up);
}

static void end_by_signal(int number)
{
    clear_up();
    _exit(128 + number);
}

static void map_memory(struct machine_vm *vm)
{
    char path[80];
    int file;

    snprintf(path, sizeof path, "%s/memory", vm->folder);
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, MACHINE_MEMORY) != 0)
        fail(EXIT_REFUSED, "%s cannot be made: %s", path, strerror(errno));
    vm->memory = mmap(0, MACHINE_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (vm->memory == MAP_FAILED)
        fail(EXIT_REFUSED, "%s cannot be mapped: %s", path, strerror(errno));
}

static void open_log(struct machine_vm *vm)
{
    char path[80];

    snprintf(path, sizeof path, "%s/serial", vm->folder);
    vm->serial = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (vm->serial < 0)
        fail(EXIT_REFUSED, "%s cannot be made: %s", path, strerror(errno));
}

static void read_gdtr(struct machine_vm *vm)
{
    char *answer = registers(vm);
    const char *gdt = answer ? strstr(answer, "GDT=") : 0;

    if (!gdt || sscanf(gdt, "GDT= %x %x", &vm->gdt, &vm->gdt_limit) != 2)
        fail(EXIT_REFUSED, "QEMU's registers cannot be read");
    free(answer);
}

static void pause_a_moment(void)
{
    nanosleep(&(struct timespec){0, POLL_MILLISECONDS * 1000000}, 0);
}

void machine_start(struct machine_vm *vm, const char *qemu, const char *kernel,
                   bool (*ready)(const uint8_t *memory, const void *context), const void *context)
{
    const char *temporary = getenv("TMPDIR");
    double deadline = now() + READY_SECONDS;
    int control[2];
    char image[80];

    *vm = (struct machine_vm){0};
    snprintf(vm->folder, sizeof vm->folder, "%.40s/inject.XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(vm->folder) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0)
        fail(EXIT_REFUSED, "there is no room for a virtual machine: %s", strerror(errno));
    to_clear_up = vm;
    atexit(clear_up);
    signal(SIGINT, end_by_signal);
    signal(SIGTERM, end_by_signal);
    snprintf(image, sizeof image, "%s/image", vm->folder);
    write_image(image);
    map_memory(vm);
    open_log(vm);
    vm->control = control[0];
    vm->process = fork();
    if (vm->process == 0)
        run_qemu(vm, qemu, kernel, control[1]);
    close(control[1]);
    free(next_line(vm)); /* the greeting */
    order(vm, "{\"execute\":\"qmp_capabilities\"}\n");
    while (!ready(vm->memory, context)) {
        if (now() > deadline)
            fail(EXIT_REFUSED, "%s does not come up", kernel);
        pause_a_moment();
    }
    order(vm, "{\"execute\":\"stop\"}\n");
    read_gdtr(vm);
    stop_at_reset(vm, true);
    order_monitor(vm, "savevm ready");
}

/* The CPU time that QEMU has used, in seconds. */
static double cpu_time(const struct machine_vm *vm)
{
    unsigned long user = 0, system = 0;
    char path[40];
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)vm->process);
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        user = system = 0;
    fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static bool halted(struct machine_vm *vm)
{
    char *answer = registers(vm);
    bool is = answer && strstr(answer, HLT_INSTRUCTION) != 0;

    free(answer);
    return is;
}

/* One that was stopped so does not go on without a reset. */
static void reset(struct machine_vm *vm)
{
    bool done = false;

    stop_at_reset(vm, false);
    order(vm, "{\"execute\":\"system_reset\"}\n");
    while (!done) {
        char *answer = command(vm, "{\"execute\":\"query-status\"}\n");

        done = !answer || strstr(answer, "\"shutdown\"") == 0;
        free(answer);
    }
    stop_at_reset(vm, true);
    vm->was_reset = false;
}

enum machine_end machine_run(struct machine_vm *vm, void (*change)(uint8_t *memory, void *context), void *context)
{
    enum machine_end end = MACHINE_RUNNING;
    double started;

    order(vm, "{\"execute\":\"stop\"}\n");
    if (vm->was_reset)
        reset(vm);
    order_monitor(vm, "loadvm ready");
    if (ftruncate(vm->serial, 0) != 0)
        fail(EXIT_REFUSED, "the log cannot be emptied: %s", strerror(errno));
    change(vm->memory, context);
    started = cpu_time(vm);
    order(vm, "{\"execute\":\"cont\"}\n");
    while (end == MACHINE_RUNNING && !vm->has_ended && cpu_time(vm) - started < HANG_SECONDS) {
        bool is_halted;

        pause_a_moment();
        is_halted = halted(vm);
        if (vm->was_reset)
            end = MACHINE_RESET;
        else if (is_halted)
            end = MACHINE_HALTED;
    }
    order(vm, "{\"execute\":\"stop\"}\n");
    take_log(vm);
    return vm->has_ended ? MACHINE_ENDED : end;
}

void machine_print_registers(struct machine_vm *vm)
{
    char *answer = registers(vm);

    for (const char *at = answer ? strstr(answer, "EAX") : 0; at && *at && strncmp(at, "ES =", 4) != 0; at++)
        if (at[0] == '\\' && at[1] == 'n')
            putchar('\n'), at++;
        else if (at[0] == '\\')
            at++;
        else
            putchar(*at);
    free(answer);
}

void machine_stop(struct machine_vm *vm)
{
    char path[80];

    to_clear_up = 0;
    kill(vm->process, SIGKILL);
    waitpid(vm->process, 0, 0);
    munmap(vm->memory, MACHINE_MEMORY);
    close(vm->control);
    close(vm->serial);
    free(vm->answers);
    snprintf(path, sizeof path, "%s/memory", vm->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/image", vm->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/serial", vm->folder);
    unlink(path);
    rmdir(vm->folder);
}
