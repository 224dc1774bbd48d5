#!/bin/sh
# Installs what building and booting takes and is missing; --all: also what only the tests can use.
set -u

usage() {
    cat <<'END'
usage: sh tests/setup.sh [--all]

Installs what is missing to build kstackguard and to boot its demo: make, gcc, nasm, binutils, QEMU.
--all  also what only the tests can use: g++, gdb, clang and its sanitizers, llvm, lld, Bochs, further shells and awks,
       debootstrap, CMake, Ninja
END
}

# What it takes, and the package that has it, by package manager; -: none has.
needed='
thing             apt-get          dnf                   pacman           apk               zypper
make              make             make                  make             make              make
gcc               gcc              gcc                   gcc              gcc               gcc
stdio.h           libc6-dev        glibc-devel           glibc            musl-dev          glibc-devel
ld                binutils         binutils              binutils         binutils          binutils
objcopy           binutils         binutils              binutils         binutils          binutils
nasm              nasm             nasm                  nasm             nasm              nasm
qemu-system-i386  qemu-system-x86  qemu-system-x86-core  qemu-system-x86  qemu-system-i386  qemu-x86
awk               mawk             gawk                  gawk             gawk              gawk
find              findutils        findutils             findutils        findutils         findutils
gzip              gzip             gzip                  gzip             gzip              gzip
'
optional='
thing             apt-get          dnf                   pacman           apk               zypper
g++               g++              gcc-c++               gcc              g++               gcc-c++
gdb               gdb              gdb                   gdb              gdb               gdb
dash              dash             dash                  dash             dash              dash
busybox           busybox          busybox               busybox          busybox           busybox
mawk              mawk             mawk                  mawk             mawk              mawk
gawk              gawk             gawk                  gawk             gawk              gawk
original-awk      original-awk     -                     -                -                 -
debootstrap       debootstrap      debootstrap           debootstrap      debootstrap       debootstrap
cmake             cmake            cmake                 cmake            cmake             cmake
ninja             ninja-build      ninja-build           ninja            ninja             ninja
clang             clang            clang                 clang            clang             clang
llvm-cov          llvm             llvm                  llvm             llvm              llvm
ld.lld            lld              lld                   lld              lld               lld
gcc-sanitizers    gcc              libasan,libubsan      gcc              -                 gcc
clang-fuzzer      libclang-rt-dev  compiler-rt           compiler-rt      compiler-rt       clang
bochs             bochs-term       bochs                 bochs            -                 bochs
bochs-term        bochs-term       bochs                 bochs            -                 bochs
bochsbios         bochsbios        bochs                 bochs            -                 bochs
vgabios           vgabios          bochs                 bochs            -                 bochs
'

say() {
    echo "setup: $*"
}

# Does the program on standard input compile with this compiler and these options?
compiles() {
    command -v "$1" >/dev/null && "$@" -x c -o "$scratch/program" - >/dev/null 2>&1
}

# Is a file there that Debian alone packs by itself, and not only a link to one? Its Bochs comes without a display, and is
# content with the package of QEMU's BIOS, where Bochs does not look.
packed() {
    # shellcheck disable=SC2086
    [ "$manager" != apt-get ] || ls -L $1 >/dev/null 2>&1
}

present() {
    case $1 in
    stdio.h)
        printf '#include <stdio.h>\nint main(void) { return 0; }\n' | compiles gcc ;;
    gcc-sanitizers)
        echo 'int main(void) { return 0; }' | compiles gcc -fsanitize=address,undefined ;;
    clang-fuzzer)
        echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | compiles clang -fsanitize=fuzzer,address,undefined ;;
    debootstrap) # is where only root looks
        command -v debootstrap >/dev/null || ls -L /usr/sbin/debootstrap >/dev/null 2>&1 ;;
    bochs-term)
        packed '/usr/lib/*/bochs/plugins/libbx_term_gui.so' ;;
    bochsbios)
        packed /usr/share/bochs/BIOS-bochs-latest ;;
    vgabios)
        packed /usr/share/bochs/VGABIOS-lgpl-latest ;;
    *)
        command -v "$1" >/dev/null ;;
    esac
}

# The packages of one of the tables that are missing, in lines "thing package".
missing() {
    echo "$1" | while read -r thing apt dnf pacman apk zypper; do
        case $thing in '' | thing) continue ;; esac
        present "$thing" && continue
        case $manager in
        apt-get) package=$apt ;;
        dnf) package=$dnf ;;
        pacman) package=$pacman ;;
        apk) package=$apk ;;
        zypper) package=$zypper ;;
        *) package=- ;;
        esac
        echo "$thing $package"
    done
}

# The things of such lines, in one line.
things() {
    echo "$1" | sed '/^$/d; s/ .*//' | paste -s -d ' ' -
}

# Their packages, each once; "a,b" is two packages.
packages() {
    echo "$1" | sed 's/.* //' | tr ',' '\n' | sort -u
}

run_install() {
    case $manager in
    apt-get) $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ;;
    dnf) $sudo dnf install -y "$@" ;;
    pacman) $sudo pacman -S --noconfirm --needed "$@" ;;
    apk) $sudo apk add "$@" ;;
    zypper) $sudo zypper --non-interactive install "$@" ;;
    esac
}

run_refresh() {
    case $manager in
    apt-get) $sudo apt-get update ;;
    dnf) $sudo dnf makecache ;;
    pacman) $sudo pacman -Sy ;;
    apk) $sudo apk update ;;
    zypper) $sudo zypper --non-interactive refresh ;;
    esac
}

# Installs packages. Lists of packages that are old or not there yet make that fail: then they are fetched, once, and it
# is tried again. What the package manager has to say is shown only when it fails.
install() {
    say "installing $* ($manager)"
    run_install "$@" >"$scratch/log" 2>&1 </dev/null && return
    if [ -z "$refreshed" ]; then
        refreshed=yes
        say "fetching the lists of packages"
        run_refresh >"$scratch/log" 2>&1 </dev/null && run_install "$@" >>"$scratch/log" 2>&1 </dev/null && return
    fi
    tail -n 20 "$scratch/log" >&2
    return 1
}

all=
case $#:${1-} in
0:) ;;
1:--all) all=yes ;;
1:-h | 1:--help)
    usage
    exit 0 ;;
*)
    say "unknown argument in \"$*\"; -h tells which there are" >&2
    exit 2 ;;
esac

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
refreshed=

manager=
for candidate in apt-get dnf pacman apk zypper; do
    if command -v $candidate >/dev/null; then
        manager=$candidate
        break
    fi
done

absent=$(missing "$needed")
extra=
[ -z "$all" ] || extra=$(missing "$optional")
if [ -z "$absent$extra" ]; then
    say "nothing is missing"
    exit 0
fi
names=$(things "$absent
$extra")

if [ -z "$manager" ]; then
    say "missing: $names" >&2
    say "no package manager that is known here (apt-get, dnf, pacman, apk, zypper); please install these by hand" >&2
    exit 1
fi

sudo=
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
        say "missing: $names; installing them takes root or sudo" >&2
        exit 1
    fi
fi

if [ -n "$absent" ]; then
    # shellcheck disable=SC2046
    if ! install $(packages "$absent"); then
        say "$manager could not install what is missing; see above" >&2
        exit 1
    fi
    absent=$(missing "$needed")
    if [ -n "$absent" ]; then
        say "still missing after that: $(things "$absent")" >&2
        exit 1
    fi
fi

# One by one: a distribution that lacks one of them has the others.
for package in $(packages "$extra"); do
    [ "$package" = - ] || install "$package" || say "$manager has no $package that can be installed"
done
[ -z "$extra" ] || extra=$(missing "$optional")
[ -z "$extra" ] || say "still missing; tests that need it are skipped: $(things "$extra")"
exit 0
