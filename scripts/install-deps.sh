#!/bin/sh
# install-deps.sh [--all] -- installs the Debian or Ubuntu packages that lexbench needs and that are missing.
#
# --all: also what the hostile builds of tests/README.md need (clang, its sanitizers, LLVM's OpenMP).
# When all are there it says nothing, does nothing and needs no network.  On other systems, or
# without the right to install, it looks for what the program needs, says what is missing, and
# ends with status 2 when that is more than the tests' own needs.
set -eu

# Alternatives are separated by |; the first is the one to install.
packages='gcc libc6-dev make pkg-config|pkgconf libhdf5-dev libinih-dev libcmocka-dev
    gnuplot-nox|gnuplot-qt|gnuplot-x11 fonts-lato git python3 python3-xarray python3-h5netcdf binutils
    clang-format'
case ${1-} in
'') ;;
--all) packages="$packages clang libclang-rt-dev libomp-dev cppcheck" ;;
*)
    echo "install-deps: unknown option \`$1\`; valid: --all" >&2
    exit 2
    ;;
esac

say() { echo "install-deps: $*" >&2; }

is_installed() { # PACKAGE
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {
    # Fast products: oneDNN where it exists, else a BLAS.
    case $(dpkg --print-architecture) in
    amd64) products=libdnnl-dev ;;
    *) products=libopenblas-dev ;;
    esac
    for choices in $packages $products; do
        found=no
        for package in $(echo "$choices" | tr '|' ' '); do
            if is_installed "$package"; then
                found=yes
                break
            fi
        done
        [ "$found" = yes ] || echo "${choices%%|*}"
    done
}

compiler() {
    for name in ${CC:-} gcc cc clang; do
        command -v "$name" >/dev/null 2>&1 && echo "$name" && return
    done
    return 1
}

has_header() { # HEADER [FLAG...]
    header=$1
    shift
    echo "#include <$header>" | "$(compiler)" -E "$@" - >/dev/null 2>&1
}

# What is missing to build and run, one a line; nothing when lexbench would work as it is.
missing_needs() {
    command -v make >/dev/null 2>&1 || echo 'GNU make'
    command -v gnuplot >/dev/null 2>&1 || echo 'gnuplot 5.4 or later, with its cairo terminals'
    if ! compiler >/dev/null; then
        echo 'a C17 compiler with OpenMP: gcc or clang'
        return
    fi
    flags=$(pkg-config --cflags hdf5-serial 2>/dev/null || pkg-config --cflags hdf5 2>/dev/null || true)
    # shellcheck disable=SC2086  # one flag a word
    has_header hdf5_hl.h $flags || echo 'HDF5 with its high-level library, headers, and pkg-config to find it'
    has_header ini.h || echo 'inih, the INI parser, with headers'
}

explain() { # REASON; decides whether one can go on without installing
    needs=$(missing_needs)
    [ -z "$needs" ] && return
    say "$1"
    say 'missing:'
    echo "$needs" | sed 's/^/  - /' >&2
    say 'for speed also: oneDNN (x86-64) or a BLAS with cblas.h; for figures: the font Lato'
    say 'for the tests also: cmocka, git, Python 3 with xarray and h5netcdf'
    exit 2
}

if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
    explain 'this system has no apt; install these with its own package manager'
    exit 0
fi

missing=$(missing_packages | tr '\n' ' ')
missing=${missing% }
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root='env'
elif command -v sudo >/dev/null 2>&1; then
    as_root='sudo env'
else
    explain "only root can install packages, and there is no sudo; as root: apt-get install $missing"
    say "going on without: $missing (only root can install them, and there is no sudo)"
    exit 0
fi

say "installing $missing"
# What apt prints goes to standard error: standard output is for results.
# shellcheck disable=SC2086  # one word each
if ! $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 update >&2 ||
    ! $as_root DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends $missing >&2; then
    explain "apt-get could not install: $missing"
    say "apt-get could not install $missing; going on, since what is needed to run is here"
fi
