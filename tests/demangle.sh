#!/bin/sh
# test: ksgsym --demangle gives C++'s and Rust's functions the names that their source has, without parameters and hashes
set -u
cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
ksgsym=$BUILD/ksgsym
list=$BUILD/native/tests/unit/symbols # with an argument it lists what a bare table says of every address

# names KERNEL OPTION...: "address name" of each function, as its table says.
names() {
    kernel=$1
    shift
    "$ksgsym" "$@" --raw -o "$work/table" "$kernel" && "$list" "$work/table" |
        sed -nE 's/^([0-9a-f]+) [^ ]+ (.*) 0 [0-9a-f]+$/\1 \2/p'
}

# shows WHAT EXPECTED SHOWN: the two files are the same.
shows() {
    diff "$2" "$3" >"$work/difference"
    tell $? "$1" "$work/difference"
}

# --- Rust: in both of the forms that rustc gives names ---

cat >"$work/rust.names" <<'END'
_ZN4core3fmt9Formatter3pad17h0123456789abcdefE	core::fmt::Formatter::pad
_ZN4core3fmt9Formatter3pad17h0123456789abcdefE.cold	core::fmt::Formatter::pad.cold
_ZN4core3fmt9Formatter3pad17h00000000000000ffE.llvm.12345678901234567890	core::fmt::Formatter::pad
_ZN60_$LT$alloc..string..String$u20$as$u20$core..fmt..Display$GT$3fmt17h3c3c1f2a0b4d5e6fE	<alloc::string::String as core::fmt::Display>::fmt
_ZN4core3ptr42drop_in_place$LT$alloc..string..String$GT$17h0e5e6f1a2b3c4d5fE	core::ptr::drop_in_place<alloc::string::String>
_ZN4core3ops8function6FnOnce9call_once32_$u7b$$u7b$vtable.shim$u7d$$u7d$17h1234567890abcdefE	core::ops::function::FnOnce::call_once::{{vtable.shim}}
_ZN4blog4main28_$u7b$$u7b$closure$u7d$$u7d$17habcdefabcdefabcdE	blog::main::{{closure}}
_RNvNtCs1234_7mycrate3foo3bar	mycrate::foo::bar
_RNvXs_NtCsdAJj2wMb2Tq_4core3fmtjNtB4_7Display3fmt	<usize as core::fmt::Display>::fmt
_RINvNtCsdAJj2wMb2Tq_4core3ptr13drop_in_placeSdECs1234_7mycrate	core::ptr::drop_in_place::<[f64]>
_RNCNvCs1234_7mycrate4main0	mycrate::main::{closure#0}
_Reset	_Reset
_RESET	_RESET
a$b@odd	a$b@odd
END
awk -F '\t' 'BEGIN { print ".section .note.GNU-stack\n.text\n.globl _start\n_start: nop" }
    { printf ".type \"%s\",@function\n\"%s\": nop\n.size \"%s\",1\n", $1, $1, $1 }' "$work/rust.names" >"$work/rust.s"
awk -F '\t' '{ printf "%08x %s\n", 1048577 + NR - 1, $2 }' "$work/rust.names" >"$work/rust.expected"
as --32 -o "$work/rust.o" "$work/rust.s" && ld -m elf_i386 -Ttext=0x100000 -o "$work/rust.elf" "$work/rust.o"
tell $? 'names as rustc makes them'

# --- C++: what the source says ---

cat >"$work/hard.cc" <<'END'
#define KEPT __attribute__((noinline, used))
typedef decltype(sizeof 0) size;
void sink(const void *);
namespace {
struct Hidden {
    KEPT void method(int) const { sink(this); }
};
KEPT int hidden(int x) { sink(&x); return x; }
}
template <typename T> struct Function;
template <typename R, typename... A> struct Function<R(A...)> {
    KEPT R operator()(A... a) const { sink(this); return R(a...); }
};
template <typename T> KEPT T returned(T x) { sink(&x); return x; }
template <typename A, typename B> KEPT auto summed(A a, B b) -> decltype(a + b) { sink(&a); return a + b; }
template <typename T> KEPT void (*pointer(T x))(char) { sink(&x); return 0; }
template <int N> struct Sized { int n[N]; };
template <int N> KEPT Sized<(N > 2 ? 1 : 2)> compared(Sized<N> *s) { sink(s); return {}; }
template <bool B> KEPT void flagged() { sink(0); }
struct Ops {
    int n;
    KEPT bool operator<(const Ops &o) const { sink(&o); return n < o.n; }
    KEPT Ops *operator->() { sink(this); return this; }
    KEPT int operator()(int x, int y) const { sink(this); return x + y + n; }
    KEPT int operator[](int x) const { sink(this); return x; }
    KEPT operator bool() const { sink(this); return n; }
    KEPT operator Function<void(int)> *() { sink(this); return 0; }
    typedef int (*Handler)(char);
    KEPT operator Handler() const { sink(this); return 0; }
    KEPT void *operator new[](size) { return (void *)16; }
    template <typename T> KEPT bool operator<<(T x) const { sink(&x); return true; }
    template <typename T> KEPT bool operator<(T x) const { sink(&x); return true; }
};
KEPT unsigned operator"" _km(unsigned long long x) { sink(&x); return x; }
__attribute__((abi_tag("v2"))) KEPT int tagged(int x) { sink(&x); return x; }
struct A { KEPT virtual int f(int x) { return x; } };
struct B { KEPT virtual int g(int x) { return x + 1; } };
struct C : A, B { KEPT int g(int x) override { sink(this); return x; } };
KEPT int outer(int x)
{
    struct Local { KEPT int inner(int y) const { sink(this); return y; } } local;
    auto lambda = [x](int y) KEPT { sink(&x); return x + y; };
    return lambda(local.inner(x));
}
void sink(const void *) { asm volatile(""); }
extern "C" void _start()
{
    Ops o = {1}, p = {2};
    C c;

    Hidden().method(hidden(1));
    Function<void(int)>()(1);
    returned<int (*)(int)>(0);
    summed(1, 2u);
    pointer(1);
    Sized<3> s;
    compared(&s);
    flagged<(1 < 2)>();
    (void)(o < p), (void)o->n, (void)o(1, 2), (void)o[1], (void)(bool)o, (void)(Function<void(int)> *)o;
    (void)(Ops::Handler)o, new Ops[1], (void)(o << 1), (void)(o < 'c');
    (void)2_km;
    tagged(1);
    ((B *)&c)->g(outer(1));
}
END
cat >"$work/hard.expected" <<'END'
(anonymous namespace)::Hidden::method
(anonymous namespace)::hidden
A::f
B::g
C::g
Function<void (int)>::operator()
Ops::operator Function<void (int)>*
Ops::operator bool
Ops::operator int (*)(char)
Ops::operator new[]
Ops::operator()
Ops::operator->
Ops::operator<
Ops::operator< <char>
Ops::operator<< <int>
Ops::operator[]
_start
compared<3>
flagged<true>
non-virtual thunk to C::g
operator"" _km
outer
outer::Local::inner
outer::{lambda(int)#1}::operator()
pointer<int>
returned<int (*)(int)>
sink
summed<int, unsigned int>
tagged[abi:v2]
END
have_cxx=
if ! command -v g++ >/dev/null; then
    skip 'a program of C++' 'there is no g++'
elif g++ -m32 -std=c++17 -O1 -ffreestanding -fno-exceptions -fno-rtti -fno-pie -fno-stack-protector -fcf-protection=none \
    -fno-asynchronous-unwind-tables -fpermissive -w -c -o "$work/hard.o" "$work/hard.cc" 2>"$work/errors" &&
    ld -m elf_i386 -e _start -Ttext=0x100000 -o "$work/hard.elf" "$work/hard.o" 2>>"$work/errors"; then
    have_cxx=yes
else
    tell 1 'a program of C++' "$work/errors"
fi

for tool in c++filt llvm-cxxfilt; do
    if ! command -v $tool >/dev/null; then
        skip "--demangle=$tool" "there is no $tool"
        continue
    fi
    names "$work/rust.elf" --demangle=$tool | sed 1d >"$work/shown"
    shows "$tool: Rust" "$work/rust.expected" "$work/shown"
    [ "$have_cxx" ] || continue
    # LLVM has other words for a lambda, for a literal's operator and in a template's arguments.
    names "$work/hard.elf" --demangle=$tool | sed "s/^[^ ]* //; s/'lambda'(int)/{lambda(int)#1}/; s/operator\"\"_/operator\"\" _/
        s/operator<<int>/operator<< <int>/; s/operator<<<int>/operator<< <int>/; s/operator<<char>/operator< <char>/" |
        LC_ALL=C sort -u >"$work/shown"
    shows "$tool: C++" "$work/hard.expected" "$work/shown"
done

# --- many names, against c++filt's own -p: a compiler's library has every kind ---

library=$(gcc -print-file-name=libstdc++.a 2>/dev/null)
if [ -f "$library" ] && command -v c++filt >/dev/null; then
    nm "$library" 2>/dev/null | awk '$2 ~ /^[TtWw]$/ && $3 ~ /^_Z[A-Za-z0-9_]*$/ && !seen[$3]++ { print $3 }' >"$work/mangled"
    awk 'BEGIN { print ".section .note.GNU-stack\n.text\n.globl _start\n_start: nop" }
        { printf ".type %s,@function\n%s: nop\n.size %s,1\n", $1, $1, $1 }' "$work/mangled" >"$work/many.s"
    as --32 -o "$work/many.o" "$work/many.s" && ld -m elf_i386 -Ttext=0x100000 -o "$work/many.elf" "$work/many.o"
    # -p leaves parameters behind "thunk to" and "clone for", and of the function around a class that is destroyed or a
    # lambda that is called. Names over 127 characters are cut in the middle.
    c++filt -p <"$work/mangled" >"$work/named"
    awk '
        length > 127 { $0 = substr($0, 1, 62) "..." substr($0, length - 61) }
        { printf "%08x %s\n", 1048577 + NR - 1, $0 }' "$work/named" >"$work/all"
    names "$work/many.elf" --demangle=c++filt | sed 1d >"$work/shown"
    grep -nE '(^| )(thunk to|clone for) |[A-Za-z0-9_>][(].*[)]::(.*~|[{]lambda)' "$work/named" | cut -d : -f 1 >"$work/apart"
    # What c++filt reads with -p only: it does not know a constraint behind the parameters.
    c++filt <"$work/mangled" | awk 'NR == FNR { mangled[FNR] = $0; next } $0 == mangled[FNR] { print FNR }' \
        "$work/mangled" - >>"$work/apart"
    without='NR == FNR { apart[$1]; next } !(FNR in apart)'
    awk "$without" "$work/apart" "$work/all" >"$work/expected"
    awk "$without" "$work/apart" "$work/shown" >"$work/is"
    shows "$(grep -c '' "$work/expected") names of the C++ library" "$work/expected" "$work/is"
    [ "$(grep -c '' "$work/expected")" -gt 3000 ]
    tell $? 'which are many'
else
    skip 'the names of the C++ library' 'there is no libstdc++.a or no c++filt'
fi

# --- without --demangle; --check; programs that fail ---

names "$work/rust.elf" | sed 1d | awk '{ print $2 }' >"$work/shown"
cut -f 1 "$work/rust.names" >"$work/mangled"
shows 'without --demangle the names are as the linker has them' "$work/mangled" "$work/shown"

# refuses WHAT STATUS WORDS ARGUMENT...: one sentence with these words, and no table is made.
refuses() {
    what=$1 status=$2 words=$3
    shift 3
    "$ksgsym" "$@" >"$work/said" 2>&1
    [ $? -eq "$status" ] && [ "$(grep -c '' "$work/said")" -eq 1 ] && grep -qF -e "$words" "$work/said" &&
        grep -q '^ksgsym: .*[^.?!]\.$' "$work/said" && [ ! -e "$work/none" ]
    tell $? "$what ($words)" "$work/said"
}

cat >"$work/last.ld" <<'END'
ENTRY(_start)
SECTIONS { . = 0x100000; .text : { *(.text) } .ksg_symbols : { *(.ksg_symbols) } }
END
ld -m elf_i386 -T "$work/last.ld" -o "$work/first.elf" "$work/rust.o" &&
    "$ksgsym" --demangle -o "$work/symbols.o" "$work/first.elf" &&
    ld -m elf_i386 -T "$work/last.ld" -o "$work/second.elf" "$work/rust.o" "$work/symbols.o" &&
    "$ksgsym" --check --demangle "$work/second.elf" >"$work/said" 2>&1
tell $? 'a kernel with a demangled table is checked with --demangle' "$work/said"
refuses 'and without' 1 'check it with --demangle if' --check "$work/second.elf"

printf '#!/bin/sh\nexec sed 1d\n' >"$work/short"
printf '#!/bin/sh\ncat\nexit 3\n' >"$work/failing"
printf '#!/bin/sh\nkill -9 $$\n' >"$work/killed"
printf '#!/bin/sh\nexec cat\n' >"$work/echo"
# Answers much before it reads, and reads all before it answers the rest: pipes both ways would be stuck.
printf '#!/bin/sh\nawk "BEGIN { for (i = 0; i < 20000; i++) print \\"nothing\\" }"\nexec cat\n' >"$work/early"
chmod +x "$work/short" "$work/failing" "$work/killed" "$work/echo" "$work/early"
refuses 'no such program' 1 "$work/nothing cannot be run" --demangle="$work/nothing" -o "$work/none" "$work/rust.elf"
refuses 'no name of a program' 2 '--demangle= needs a program' --demangle= -o "$work/none" "$work/rust.elf"
refuses 'a program that loses a line' 1 'does not answer with a line for each' --demangle="$work/short" -o "$work/none" "$work/rust.elf"
refuses 'a program that fails' 1 'ended with status 3' --demangle="$work/failing" -o "$work/none" "$work/rust.elf"
refuses 'a program that is killed' 1 'ended by signal 9' --demangle="$work/killed" -o "$work/none" "$work/rust.elf"
ksgsym=$work/lost
printf '#!/bin/sh\nPATH=/nowhere exec "%s" "$@"\n' "$BUILD/ksgsym" >"$ksgsym"
chmod +x "$ksgsym"
refuses 'neither program' 1 'neither c++filt' --demangle -o "$work/none" "$work/rust.elf"
ksgsym=$BUILD/ksgsym
names "$work/rust.elf" --demangle="$work/echo" | sed 1d | awk '{ print $2 }' >"$work/shown"
shows 'a program that knows none of the names' "$work/mangled" "$work/shown"
timeout 20 "$ksgsym" --demangle="$work/early" --raw -o "$work/table" "$work/rust.elf"
tell $? 'a program that writes before it reads'

plan
