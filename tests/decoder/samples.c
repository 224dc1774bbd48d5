/* Functions that use the stack in all the ways compilers know, for tests/decoder.sh. They are compiled, never run. */
typedef unsigned int word;

struct pair {
    word first, second;
};

struct block {
    word words[8];
};

struct operations {
    word (*open)(word);
    word (*read)(word, word *, word);
    void (*close)(void);
};

extern void consume(void *);
extern word external(word, ...);
extern struct pair external_pair(word);
extern struct block external_block(word, struct block);
extern const struct operations *operations;
extern word (*const handlers[16])(word, word);
__attribute__((noreturn)) extern void give_up(const char *, ...);
__attribute__((stdcall)) extern word external_stdcall(word, word, word);
__attribute__((fastcall)) extern word external_fastcall(word, word, word);

word leaf(word a, word b)
{
    return a * b + (a ^ b);
}

word recursive(word depth)
{
    char space[100];

    if (depth == 0)
        return 0;
    consume(space);
    return recursive(depth - 1) + (word)space[depth % sizeof space];
}

word even(word n);
word odd(word n)
{
    return n == 0 ? 0 : even(n - 1) + 1;
}

word even(word n)
{
    return n == 0 ? 1 : odd(n - 1) + 2;
}

word ackermann(word m, word n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

/* So many values that EBP holds one if it can. */
word many_values(const word *from, word *to, word count)
{
    word a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5];

    for (word i = 0; i < count; i++) {
        a += b ^ external(c, d);
        b = (c << 3) + e;
        c = d - f * a;
        d ^= e | i;
        e = external(f, a, b, c, d, e, i);
        f += to[i];
        to[i] = a + b + c + d + e + f;
    }
    return a ^ b ^ c ^ d ^ e ^ f;
}

word many_arguments(word a, word b, word c, word d, word e, word f, word g, word h)
{
    word sum = external(a, b, c, d, e, f, g, h);

    sum += external(h, g, f, e, d, c, b, a, sum, sum + 1);
    return external(sum, external(a), external(b, external(c, d)));
}

word variable_arguments(word count, ...)
{
    __builtin_va_list list;
    word sum = 0;

    __builtin_va_start(list, count);
    while (count-- > 0)
        sum += __builtin_va_arg(list, word);
    __builtin_va_end(list);
    return sum;
}

word allocated(word size)
{
    char *space = __builtin_alloca(size);

    consume(space);
    if (size > 100) {
        char *more = __builtin_alloca(size * 2);

        consume(more);
        return external(size, space, more);
    }
    return (word)space[size - 1];
}

word variable_array(word size)
{
    word sum = 0;

    for (word i = 1; i < size; i++) {
        word values[i];

        consume(values);
        sum += values[i - 1];
    }
    return sum;
}

word aligned(word a)
{
    _Alignas(64) char space[128];

    consume(space);
    return a + (word)space[a % sizeof space];
}

word large(word a)
{
    char space[50000];

    consume(space);
    return a + (word)space[a % sizeof space];
}

word large_often(word a)
{
    char space[9000];

    for (word i = 0; i < a; i++) {
        consume(space);
        if (space[i] == 7)
            return i;
    }
    return external(a, space);
}

word structures(word a)
{
    struct pair one = external_pair(a);
    struct pair two = external_pair(one.second);
    struct block block = {{one.first, two.first, a}};

    block = external_block(one.first, block);
    block = external_block(two.second, block);
    return block.words[a % 8] + external_pair(block.words[2]).first;
}

struct block by_value(struct block block, word a)
{
    block.words[a % 8] = external(a);
    block.words[(a + 1) % 8] = external(a + 1);
    return block;
}

word callee_pops(word a, word b)
{
    word sum = external_stdcall(a, b, 1);

    sum += external_stdcall(b, external_fastcall(a, b, sum), a);
    return sum + external_stdcall(sum, 1, 2);
}

__attribute__((stdcall)) word pops(word a, word b)
{
    return external(a, b) + external(b, a);
}

__attribute__((regparm(3))) word in_registers(word a, word b, word c)
{
    return external(a) + external(b, c) * c;
}

word choose(word what, word value)
{
    switch (what) {
    case 0:
        return external(value);
    case 1:
        value += external(value, 1);
        break;
    case 2:
        value *= 3;
        /* fall through */
    case 3:
        value -= external(value, 2, 3);
        break;
    case 4:
        give_up("four %u", value);
    case 5:
        return handlers[value % 16](what, value);
    case 6:
        for (word i = 0; i < value; i++)
            value ^= external(i);
        break;
    case 7:
        return value << external(7);
    default:
        return 0;
    }
    return external(what, value);
}

word early_return(const word *list)
{
    if (!list)
        return 0;
    if (list[0] == 1)
        return list[1];
    for (word i = 0; i < list[0]; i++) {
        if (external(list[i], i) == 3)
            return i;
        if (__builtin_expect(list[i] == 0xdead, 0))
            give_up("dead at %u of %u", i, list[0]);
    }
    consume((void *)list);
    return external(list[0]) + external(list[1]);
}

word tail_call(word a)
{
    return external_fastcall(a, a + 1, a + 2) == 0 ? leaf(a, 2) : odd(a);
}

word tail_call_indirect(word a)
{
    if (a > 3)
        external(a);
    return operations->open(a);
}

word through_table(word a)
{
    word value;

    if (!operations->open(a))
        return 1;
    while (operations->read(a, &value, sizeof value) == sizeof value)
        a += handlers[a % 16](a, value);
    operations->close();
    return a;
}

__attribute__((noreturn)) void stop(word a)
{
    external(a);
    give_up("stopped %u", a);
}

void check(word a, word b)
{
    if (a != b)
        stop(a - b);
}

word nested_loops(word (*matrix)[16], word n)
{
    word best = 0;

    for (word i = 0; i < n; i++) {
        for (word j = 0; j < n; j++) {
            word sum = 0;

            for (word k = 0; k < n; k++) {
                if (matrix[i][k] == 0)
                    continue;
                sum += matrix[i][k] * matrix[k][j];
                if (sum > 1000)
                    goto out;
            }
            if (sum > best)
                best = external(sum);
        }
    }
out:
    return best;
}

unsigned long long wide(unsigned long long a, unsigned long long b)
{
    unsigned long long product = a * b;

    if (product >> 40)
        product ^= external((word)(a >> 32), (word)b);
    return product << (b & 31);
}

word copy(char *to, const char *from)
{
    char *start = to;

    while ((*to++ = *from++) != 0)
        if (*from == '%')
            to += external((word)*from, to);
    return (word)(to - start);
}

static __attribute__((noinline)) word helper(word a, word b, word c, word d)
{
    return a > b ? external(c, d) : external(d, c) + a;
}

word helped(word a)
{
    word sum = 0;

    do {
        sum += helper(a, sum, a ^ sum, 4);
        sum += helper(sum, a, 5, a | sum);
    } while (--a > 0);
    return sum;
}

__attribute__((cold)) void report(word a)
{
    external(a, "cold");
}

word seldom(word a, word b)
{
    word c = external(a), d = external(b, c);

    if (__builtin_expect(c == d, 0)) {
        report(c);
        external(c, d, a, b);
        report(external(d));
        return c;
    }
    return external(c ^ d) + a * b;
}
