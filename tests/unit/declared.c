/* What names a function in a C++ demangler's declaration of it. */
#include "../../kmod/host/declared.h"

#include <string.h>

#include "tap.h"

static void test_names(void)
{
    static const char *const cases[][2] = {
        {"f", "f"},
        {"f(int)", "f"},
        {"A::f(int) const volatile &&", "A::f"},
        {"unsigned long f<int>(int)", "f<int>"},
        {"A<int> const& f<A<int> >(A<int> const&)", "f<A<int> >"},
        {"void (*f<int>(int))(char)", "f<int>"},
        {"void (A::*B::f<int>(int) const)(char) const", "B::f<int>"},
        {"int (*(*f<int>())(int))(char)", "f<int>"},
        {"void (&f<int>())()", "f<int>"},
        {"(anonymous namespace)::f(int)", "(anonymous namespace)::f"},
        {"int (anonymous namespace)::f<int>(int)", "(anonymous namespace)::f<int>"},
        {"decltype ({parm#1}+{parm#2}) f<int, int>(int, int)", "f<int, int>"},
        {"decltype(fp.x()) f<A>(A)", "f<A>"},
        {"decltype (({parm#1})<(4)) f<int>(int)", "f<int>"},
        {"std::enable_if<((2)>(1)), int>::type f<int>(int)", "f<int>"},
        {"f(int)::{lambda(int)#1}::operator()(int) const", "f::{lambda(int)#1}::operator()"},
        {"f(int)::'lambda'(int)::operator()(int) const", "f::'lambda'(int)::operator()"},
        {"auto f()::'lambda0'<typename $T>($T)::operator()<int>(int) const", "f::'lambda0'<typename $T>($T)::operator()<int>"},
        {"{lambda()#1}::_FUN()", "{lambda()#1}::_FUN"},
        {"A::operator()(int)", "A::operator()"},
        {"A::operator[](int)", "A::operator[]"},
        {"A::operator->() const", "A::operator->"},
        {"A::operator->*(int A::*)", "A::operator->*"},
        {"bool operator< <int>(A<int> const&)", "operator< <int>"},
        {"bool operator<<int>(A<int> const&)", "operator<<int>"},
        {"A& operator<< <char>(A&, char)", "operator<< <char>"},
        {"A& operator<<<char>(A&, char)", "operator<<<char>"},
        {"bool operator>(A, A)", "operator>"},
        {"auto A::operator<=>(A const&) const", "A::operator<=>"},
        {"operator,(A, A)", "operator,"},
        {"operator new(unsigned int)", "operator new"},
        {"A::operator delete[](void*)", "A::operator delete[]"},
        {"A::operator newer() const", "A::operator newer"},
        {"A::operator bool() const", "A::operator bool"},
        {"A::operator unsigned long long() const &", "A::operator unsigned long long"},
        {"A::operator std::function<void (int)>() const", "A::operator std::function<void (int)>"},
        {"A::operator int (*)(char)() const", "A::operator int (*)(char)"},
        {"A::operator void (*)()()", "A::operator void (*)()"},
        {"operator\"\" _km(unsigned long long)", "operator\"\" _km"},
        {"my_operator(int)", "my_operator"},
        {"operators::f(int)", "operators::f"},
        {"void f<&A::operator<>(int)", "f<&A::operator<>"},
        {"void f<&(A::operator>(A const&))>(int)", "f<&(A::operator>(A const&))>"},
        {"void f<&A::operator->>()", "f<&A::operator->>"},
        {"f[abi:cxx11](int)", "f[abi:cxx11]"},
        {"std::function<int (char, void (*)(long))>::operator()(char, void (*)(long)) const",
         "std::function<int (char, void (*)(long))>::operator()"},
        {"void f<int>(int) requires C<int>", "f<int>"},
        {"non-virtual thunk to A::f(int)", "non-virtual thunk to A::f"},
        {"initializer for module std", "initializer for module std"},
        {"guard variable for f(int)::x", "guard variable for f::x"},
        {"TLS wrapper function for A::x", "TLS wrapper function for A::x"},
        /* what cannot be read stays */
        {"", ""},
        {"f(int", "f(int"},
        {"f)(int", "f)(int"},
        {"(int)", "(int)"},
        {"f<int(char)", "f<int(char)"},
        {"int operator", "int operator"},
        {"A::operator bool", "A::operator bool"},
        {"'lambda(int)", "'lambda(int)"},
        {"void ", "void "},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[200];

        strcpy(name, cases[i][0]);
        declared_name(name);
        ok(strcmp(name, cases[i][1]) == 0, "\"%s\" is called %s: %s", cases[i][0], cases[i][1], name);
    }
}

static void test_deep(void)
{
    char name[2000];

    strcpy(name, "f(");
    memset(name + 2, '(', 900);
    memset(name + 902, ')', 901);
    name[1803] = 0;
    declared_name(name);
    ok(strlen(name) == 1803, "brackets that are nested too deep stay");
}

int main(void)
{
    test_names();
    test_deep();
    return tap_end();
}
