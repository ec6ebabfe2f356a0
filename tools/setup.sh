#!/usr/bin/env bash
# Installs what is missing of tools/packages.txt, and a Node.js of our own where the system's is too old for the page.
#   tools/setup.sh [build|test|bench]     (build is the default; test and bench add to it)
set -euo pipefail
cd "$(dirname "$0")/.."

part=${1:-build}
case $part in
    build) parts="build" ;;
    test) parts="build test" ;;
    bench) parts="build test bench" ;;
    *) echo "usage: tools/setup.sh [build|test|bench]" >&2; exit 2 ;;
esac

# /usr/sbin is not on every user's PATH, and nginx lives there.
export PATH="$PATH:/usr/sbin"

is_installed() { [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

list_missing() {
    local of package command
    while read -r of package command; do
        [[ " $parts " == *" $of "* ]] || continue
        [[ -n $command ]] && command -v "$command" >/dev/null && continue
        is_installed "$package" || echo "$package"
    done < tools/packages.txt
}

# Only root may install. Without root and without a working sudo, say what to do and stop.
install_packages() {
    local as_root=() line="apt-get install --no-install-recommends $*"
    if [[ $(id -u) != 0 ]]; then
        # `sudo -v` asks for the password, if one is needed and somebody is there to give it.
        command -v sudo >/dev/null && { sudo -n true || sudo -v; } 2>/dev/null || refuse "$line" "$@"
        echo "These Debian packages are missing and are now installed with sudo: $*"
        as_root=(sudo)
    fi

    # Debian starts a cluster of its own for each new PostgreSQL. We run ours privately, so a machine that had no
    # PostgreSQL gets none that listens. An existing installation is left as it is.
    local no_cluster=/etc/postgresql-common/createcluster.d/atalaya.conf
    if [[ " $* " == *" postgresql-15 "* ]]; then
        "${as_root[@]}" mkdir -p "${no_cluster%/*}"
        echo "create_main_cluster = false" | "${as_root[@]}" tee "$no_cluster" >/dev/null
    fi
    local failed=0
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends --no-remove "$@" || failed=1
    "${as_root[@]}" rm -f "$no_cluster"
    if [[ $failed == 1 ]]; then
        echo "setup: apt-get could not install: $*" >&2
        exit 1
    fi
}

refuse() {
    local line=$1
    shift
    {
        echo "setup: these Debian packages are missing: $*"
        echo "setup: you are neither root nor allowed to use sudo, so let an administrator run:"
        echo "    apt-get update && $line"
    } >&2
    exit 1
}

# The page needs Node.js >= 20.19 and npm >= 11 (older ones do not install the right binaries of the bundler).
is_at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n1) == "$1" ]]; }

is_node_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    is_at_least 20.19.0 "$(node --version | tr -d v)" && is_at_least 11.0.0 "$(npm --version 2>/dev/null)"
}

install_node() {
    local home=build/node
    if [[ -x $home/bin/node ]] && cmp -s tools/node/package-lock.json $home/package-lock.json; then
        return
    fi
    echo "The system's Node.js is too old for the page: fetching one into $home"
    rm -rf $home
    mkdir -p $home/bin
    cp tools/node/package.json tools/node/package-lock.json tools/node/.npmrc $home/
    (cd $home && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
    ln -s "$(cd $home && echo "$PWD"/node_modules/node-linux-*/bin/node)" $home/bin/node
    ln -s ../node_modules/.bin/npm $home/bin/npm
    ln -s ../node_modules/.bin/npx $home/bin/npx
}

# The tests ask our own query API with promtool, which comes with Prometheus. Installing that would start it as a service,
# so its package is only unpacked.
unpack_promtool() {
    local home=build/promtool
    command -v promtool >/dev/null || [[ -x $home/usr/bin/promtool ]] && return
    mkdir -p $home
    (cd $home && apt-get download -q prometheus && dpkg -x prometheus_*.deb . && rm prometheus_*.deb)
}

if [[ ! -r /etc/debian_version ]] || ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not a Debian system; install the packages of tools/packages.txt by hand" >&2
    exit 1
fi
missing=$(list_missing)
if [[ -n $missing ]]; then
    # shellcheck disable=SC2086  # one argument for each package
    install_packages $missing
fi
is_node_new_enough || install_node
[[ " $parts " != *" test "* ]] || unpack_promtool
