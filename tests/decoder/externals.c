/* What samples.c calls, apart from it so that nothing is known of it there. */
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

volatile word sink;

void consume(void *pointer)
{
    sink = *(word *)pointer;
}

word external(word a, ...)
{
    return a + sink;
}

struct pair external_pair(word a)
{
    return (struct pair){a, sink};
}

struct block external_block(word a, struct block block)
{
    block.words[a % 8] ^= sink;
    return block;
}

void give_up(const char *format, ...)
{
    sink = (word)format;
    for (;;)
        continue;
}

__attribute__((stdcall)) word external_stdcall(word a, word b, word c)
{
    return a + b * c;
}

__attribute__((fastcall)) word external_fastcall(word a, word b, word c)
{
    return a ^ b ^ c;
}

const struct operations *operations;
word (*const handlers[16])(word, word);
