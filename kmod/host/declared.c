/*
 * A function's name in what a C++ demangler makes of it: its grammar is that of declarations, as GNU's c++filt and LLVM's
 * llvm-cxxfilt write them.
 */
#include "declared.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "allocate.h"

#define NESTED_MOST 200

struct reader {
    const char *at;
    char *name; /* as far as it is known; what turns out to be a type is taken back */
    size_t length;
    unsigned declarators; /* the open parentheses of "void (*f(int))(char)" */
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_letter(char character)
{
    return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
           (character >= 'a' && character <= 'z') || character == '_' || character == '$' || (character & 0x80);
}

/* "operator", and no part of a longer word. */
static bool is_operator(const char *at, char before)
{
    return begins(at, "operator") && !is_letter(at[8]) && !is_letter(before);
}

/* How long the operator's symbol at this place is. Behind "operator<" the arguments of a template may follow at once. */
static size_t symbol_length(const char *at)
{
    static const char *const symbols[] = {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "==", "!=", "&&",
                                          "||", "++", "--",  "->",  "+=",  "-=",  "*=", "/=", "%=", "^=", "&=", "|="};

    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (begins(at, symbols[i]) && (strcmp(symbols[i], "<<") != 0 || !is_letter(at[2])))
            return strlen(symbols[i]);
    return *at && strchr("+-*/%^&|~!=<>,", *at) ? 1 : 0;
}

/* How long the bracket at this place is, with all in it; 0 if it does not end. What looks like "<" or ">" may compare:
   a parenthesis that ends takes such a "<" with it. */
static size_t bracket_length(const char *start)
{
    char open[NESTED_MOST];
    unsigned count = 0;

    for (const char *at = start; *at; at++) {
        const char *kind = strchr("<>(){}[]", *at);

        if (at > start && is_operator(at, at[-1])) {
            at += 7;
            at += symbol_length(at + 1);
            continue;
        }
        if (begins(at, "->"))
            at++;
        if (!kind || kind[0] != *at)
            continue;
        if (strchr("<({[", *at)) {
            if (count == NESTED_MOST)
                return 0;
            open[count++] = *at;
            continue;
        }
        while (*at != '>' && count > 0 && open[count - 1] == '<')
            count--;
        if (count > 0 && open[count - 1] == kind[-1])
            count--;
        else if (*at != '>')
            return 0;
        if (count == 0)
            return (size_t)(at - start) + 1;
    }
    return 0;
}

static void copy(struct reader *reader, size_t length)
{
    memcpy(reader->name + reader->length, reader->at, length);
    reader->length += length;
    reader->at += length;
}

static bool copy_bracket(struct reader *reader)
{
    size_t length = bracket_length(reader->at);

    copy(reader, length);
    return length > 0;
}

/* The name stops where its parameters did: or a function in this one follows. */
static bool ends_here(const char *at)
{
    return *at == 0 || *at == ')' || begins(at, "::");
}

static const char *skip_qualifiers(const char *at)
{
    static const char *const qualifiers[] = {" const", " volatile", " &&", " &", " noexcept", " restrict"};

    for (unsigned i = 0; i < sizeof qualifiers / sizeof qualifiers[0]; i++)
        if (begins(at, qualifiers[i])) {
            at += strlen(qualifiers[i]);
            i = (unsigned)-1;
        }
    return at;
}

/* "operator unsigned int() const": the type ends where only parameters, always none, can follow. */
static bool copy_conversion(struct reader *reader)
{
    const char *end = reader->at;

    while (!begins(end, "()") || !ends_here(skip_qualifiers(end + 2))) {
        size_t length = *end && strchr("<({[", *end) ? bracket_length(end) : *end != 0;

        if (length == 0)
            return false;
        end += length;
    }
    copy(reader, (size_t)(end - reader->at));
    return true;
}

static bool copy_operator(struct reader *reader)
{
    static const char *const words[] = {" new", " delete", " co_await"};
    size_t symbol;

    copy(reader, strlen("operator"));
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (begins(reader->at, words[i]) && !is_letter(reader->at[strlen(words[i])])) {
            copy(reader, strlen(words[i]));
            copy(reader, begins(reader->at, "[]") ? 2 : 0);
            return true;
        }
    if (begins(reader->at, "\"\"")) { /* a literal's: operator"" _km */
        copy(reader, 2);
        copy(reader, *reader->at == ' ');
        return true;
    }
    symbol = symbol_length(reader->at);
    if (symbol == 0)
        return *reader->at == ' ' && copy_conversion(reader);
    copy(reader, symbol);
    copy(reader, begins(reader->at, " <"));
    return true;
}

/* LLVM's 'lambda'(int), GNU's {lambda(int)#1}. */
static bool copy_quoted(struct reader *reader)
{
    const char *end = strchr(reader->at + 1, '\'');

    if (!end)
        return false;
    copy(reader, (size_t)(end + 1 - reader->at));
    return (*reader->at != '<' || copy_bracket(reader)) && (*reader->at != '(' || copy_bracket(reader));
}

/* "(*f", "(&f", "(A::*f": the name of a function that returns a pointer stands in parentheses. */
static const char *declarator(const char *at)
{
    const char *star = ++at;

    while (is_letter(*star) || *star == ':' || *star == '<')
        star += *star == '<' && bracket_length(star) ? bracket_length(star) : 1;
    if ((*star != '*' && *star != '&') || (star > at && star[-1] != ':'))
        return 0;
    for (at = star; *at == '*' || *at == '&'; at++)
        continue;
    return skip_qualifiers(at) + (*skip_qualifiers(at) == ' ');
}

static bool is_word_before(const struct reader *reader, const char *from, const char *word)
{
    const char *end = reader->at;

    while (end > from && end[-1] == ' ')
        end--;
    return (size_t)(end - from) >= strlen(word) && begins(end - strlen(word), word);
}

static bool read_parenthesis(struct reader *reader, const char *from)
{
    const char *inside;

    if (begins(reader->at, "(anonymous namespace)"))
        return copy_bracket(reader);
    if (is_word_before(reader, from, "decltype") || is_word_before(reader, from, "noexcept"))
        return copy_bracket(reader); /* of a type, which a blank ends */
    inside = reader->length == 0 ? declarator(reader->at) : 0;
    if (inside) {
        reader->at = inside;
        reader->declarators++;
        return true;
    }
    if (reader->length == 0 || bracket_length(reader->at) == 0)
        return false;
    reader->at = skip_qualifiers(reader->at + bracket_length(reader->at));
    if (!ends_here(reader->at)) /* a condition: "requires ..." */
        reader->at += strlen(reader->at);
    return true;
}

static bool read_piece(struct reader *reader, const char *from)
{
    if (is_operator(reader->at, reader->at > from ? reader->at[-1] : 0))
        return copy_operator(reader);
    switch (*reader->at) {
    case '(':
        return read_parenthesis(reader, from);
    case '<':
    case '{':
    case '[':
        return copy_bracket(reader);
    case '\'':
        return copy_quoted(reader);
    case ' ': /* so that was a type */
        reader->length = 0;
        reader->at++;
        return true;
    default:
        copy(reader, 1);
        return true;
    }
}

/* "vtable for ", "non-virtual thunk to " */
static size_t phrase_length(const char *declared)
{
    static const char *const ends[] = {" for ", " for module ", " thunk to "};
    size_t longest = 0;

    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *end = strstr(declared, ends[i]);
        size_t length = end ? (size_t)(end - declared) + strlen(ends[i]) : 0;

        if (strspn(declared, "abcdefghijklmnopqrstuvwxyzTLSV #-0123456789") >= length && length > longest)
            longest = length;
    }
    return longest;
}

void declared_name(char *declared)
{
    char *from = declared + phrase_length(declared);
    struct reader reader = {from, allocate(0, strlen(from) + 1, 1), 0, 0};
    bool understood = true;

    while (understood && *reader.at && (*reader.at != ')' || reader.declarators == 0))
        understood = *reader.at != ')' && read_piece(&reader, from);
    if (understood && reader.length > 0) {
        memcpy(from, reader.name, reader.length);
        from[reader.length] = 0;
    }
    free(reader.name);
}
