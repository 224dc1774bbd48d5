#!/bin/sh
# test: setup.sh asks every package manager for what is missing and for nothing else (package managers are stubs here)
cd "$(dirname "$0")" || exit 2
. ./tap.sh
export work


# A machine is the tools that setup.sh itself uses, and a folder of stubs for what it looks for.
mkdir "$work/tools"
for tool in sh sed tr tail sort mktemp rm cat cp env paste; do
    ln -s "$(command -v $tool)" "$work/tools/$tool"
done

# An installed thing. A compiler compiles what the libraries that are there allow.
cat >"$work/thing" <<'END'
#!/bin/sh
case "${0##*/} $*" in
"gcc -fsanitize"*) test -e "$work/stubs/gcc-sanitizers" ;;
"gcc "*) test -e "$work/stubs/stdio.h" ;;
"clang -fsanitize"*) test -e "$work/stubs/clang-fuzzer" ;;
esac
END

# What setup.sh lists is a file of an installed thing.
cat >"$work/tools/ls" <<'END'
#!/bin/sh
case $* in
'-L '*/libbx_term_gui.so) test -e "$work/stubs/bochs-term" ;;
'-L '*/BIOS-bochs-latest) test -e "$work/stubs/bochsbios" ;;
'-L '*/VGABIOS-lgpl-latest) test -e "$work/stubs/vgabios" ;;
*) exit 2 ;;
esac
END

# A package manager: notes how it was called. Installs nothing while its lists are missing, and never what is not there.
cat >"$work/manager" <<'END'
#!/bin/sh
echo "${0##*/} $*" >>"$work/calls"
case $* in
*update | *refresh | makecache | -Sy) rm -f "$work/no-lists"; exit ;;
esac
for package; do
    case $package in
    libc6-dev | glibc-devel | glibc | musl-dev) things=stdio.h ;;
    binutils) things='ld objcopy' ;;
    qemu-*) things=qemu-system-i386 ;;
    mawk | gawk) things="awk $package" ;;
    findutils) things=find ;;
    gcc-c++) things=g++ ;;
    llvm) things=llvm-cov ;;
    lld) things=ld.lld ;;
    libasan) things=gcc-sanitizers ;;
    libclang-rt-dev | compiler-rt) things=clang-fuzzer ;;
    bochs-term) things='bochs bochs-term' ;;
    make | gcc | nasm | gzip | g++ | gdb | clang | bochs | bochsbios | vgabios) things=$package ;;
    dash | busybox | original-awk | debootstrap | cmake | ninja) things=$package ;;
    ninja-build) things=ninja ;;
    *) continue ;;
    esac
    if test -e "$work/no-lists" || test -e "$work/no-$package"; then
        echo "no package $package"
        exit 100
    fi
    for thing in $things; do cp "$work/thing" "$work/stubs/$thing"; done
done
END
chmod +x "$work/thing" "$work/tools/ls" "$work/manager"

# machine MANAGER THING...: has these already, and root at the keyboard.
machine() {
    rm -rf "$work/stubs" "$work"/no-*
    mkdir "$work/stubs"
    [ "$1" = none ] || cp "$work/manager" "$work/stubs/$1"
    shift
    for thing; do cp "$work/thing" "$work/stubs/$thing"; done
    user 0
}

user() {
    printf '#!/bin/sh\necho %s\n' "$1" >"$work/stubs/id"
    chmod +x "$work/stubs/id"
}

setup() {
    : >"$work/calls"
    PATH=$work/tools:$work/stubs sh setup.sh "$@" >"$work/says" 2>&1
    echo "status $?" >>"$work/says"
}

# has WHAT says|calls LINE...: setup said, or called, just these lines.
has() {
    what=$1
    file=$2
    shift 2
    printf '%s\n' "$@" | cmp -s - "$work/$file"
    tell $? "$what" "$work/says" "$work/calls"
}

# mentions WHAT TEXT: setup said that among other things.
mentions() {
    grep -qF -- "$2" "$work/says"
    tell $? "$1" "$work/says"
}

base='make gcc stdio.h ld objcopy nasm qemu-system-i386 awk find gzip'

machine apt-get $base
setup
has 'nothing is missing' says 'setup: nothing is missing' 'status 0'
[ ! -s "$work/calls" ]
tell $? 'then nobody is called' "$work/calls"

machine apt-get make gcc stdio.h ld objcopy awk find gzip
setup
has 'apt-get: two things are missing' calls 'apt-get install -y --no-install-recommends nasm qemu-system-x86'
has 'and what it says of it' says 'setup: installing nasm qemu-system-x86 (apt-get)' 'status 0'
setup
has 'a second time there is nothing to do' says 'setup: nothing is missing' 'status 0'

machine apt-get
touch "$work/no-lists"
setup
everything='install -y --no-install-recommends binutils findutils gcc gzip libc6-dev make mawk nasm qemu-system-x86'
has 'apt-get: an empty machine without lists' calls "apt-get $everything" 'apt-get update' "apt-get $everything"

machine apt-get $base
rm "$work/stubs/stdio.h"
setup
has 'a compiler without the C library' calls 'apt-get install -y --no-install-recommends libc6-dev'

machine apt-get $base mawk
setup --all
has '--all: one by one' calls \
    'apt-get install -y --no-install-recommends bochs-term' 'apt-get install -y --no-install-recommends bochsbios' \
    'apt-get install -y --no-install-recommends busybox' 'apt-get install -y --no-install-recommends clang' \
    'apt-get install -y --no-install-recommends cmake' 'apt-get install -y --no-install-recommends dash' \
    'apt-get install -y --no-install-recommends debootstrap' \
    'apt-get install -y --no-install-recommends g++' 'apt-get install -y --no-install-recommends gawk' \
    'apt-get install -y --no-install-recommends gcc' 'apt-get install -y --no-install-recommends gdb' \
    'apt-get install -y --no-install-recommends libclang-rt-dev' 'apt-get install -y --no-install-recommends lld' \
    'apt-get install -y --no-install-recommends llvm' 'apt-get install -y --no-install-recommends ninja-build' \
    'apt-get install -y --no-install-recommends original-awk' \
    'apt-get install -y --no-install-recommends vgabios'
mentions '--all: what could not be had is named' \
    'setup: still missing; tests that need it are skipped: gcc-sanitizers'
mentions 'and is no failure' 'status 0'
rm "$work/stubs/vgabios" "$work/stubs/bochs-term"
touch "$work/stubs/gcc-sanitizers"
setup --all
has "--all: Bochs without its text display and a BIOS" calls \
    'apt-get install -y --no-install-recommends bochs-term' 'apt-get install -y --no-install-recommends vgabios'

machine dnf
setup
has 'dnf' calls 'dnf install -y binutils findutils gawk gcc glibc-devel gzip make nasm qemu-system-x86-core'
machine pacman
touch "$work/no-lists"
setup
set -- -S --noconfirm --needed binutils findutils gawk gcc glibc gzip make nasm qemu-system-x86
has 'pacman, without lists' calls "pacman $*" 'pacman -Sy' "pacman $*"
machine apk
touch "$work/no-lists"
setup
set -- add binutils findutils gawk gcc gzip make musl-dev nasm qemu-system-i386
has 'apk, without lists' calls "apk $*" 'apk update' "apk $*"
machine zypper
touch "$work/no-lists"
setup
set -- --non-interactive install binutils findutils gawk gcc glibc-devel gzip make nasm qemu-x86
has 'zypper, without lists' calls "zypper $*" 'zypper --non-interactive refresh' "zypper $*"

machine dnf $base g++ gdb clang llvm-cov ld.lld clang-fuzzer bochs dash busybox mawk gawk original-awk debootstrap cmake ninja
touch "$work/no-libasan"
setup --all
has 'one thing in two packages, which are not there' calls \
    'dnf install -y libasan' 'dnf makecache' 'dnf install -y libasan' 'dnf install -y libubsan'
mentions 'is named' 'setup: still missing; tests that need it are skipped: gcc-sanitizers'

machine apt-get make gcc stdio.h ld objcopy awk find gzip qemu-system-i386
touch "$work/no-nasm"
setup
mentions 'a package that cannot be installed: what the package manager said' 'no package nasm'
mentions 'and that it failed' 'setup: apt-get could not install what is missing; see above'
mentions 'with status 1' 'status 1'

machine apt-get make gcc stdio.h ld objcopy awk find gzip qemu-system-i386
printf '#!/bin/sh\n' >"$work/stubs/apt-get"
setup
has 'a package manager that installs nothing' says \
    'setup: installing nasm (apt-get)' 'setup: still missing after that: nasm' 'status 1'

machine none make gcc stdio.h ld objcopy awk find gzip
setup
has 'no package manager' says 'setup: missing: nasm qemu-system-i386' \
    'setup: no package manager that is known here (apt-get, dnf, pacman, apk, zypper); please install these by hand' \
    'status 1'
machine none $base
setup
has 'none is needed when nothing is missing' says 'setup: nothing is missing' 'status 0'

machine apt-get make gcc stdio.h ld objcopy awk find gzip qemu-system-i386
user 1000
setup
has 'neither root nor sudo' says 'setup: missing: nasm; installing them takes root or sudo' 'status 1'
printf '#!/bin/sh\necho "sudo $1" >>"$work/calls"\n"$@"\n' >"$work/stubs/sudo"
chmod +x "$work/stubs/sudo"
setup
has 'sudo where the user is not root' calls 'sudo env' 'apt-get install -y --no-install-recommends nasm'

setup --everything
has 'an unknown argument' says 'setup: unknown argument in "--everything"; -h tells which there are' 'status 2'
setup --all --all
mentions 'one argument too many' 'status 2'
setup -h
mentions '-h' 'usage: sh tests/setup.sh [--all]'
mentions 'is no failure' 'status 0'

plan
