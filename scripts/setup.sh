#!/bin/sh
# Sets the project up: finds Python 3.10, makes .venv, installs the pinned packages.
#
#   sh scripts/setup.sh          what the bot needs
#   sh scripts/setup.sh dev      also what tests and checks need
#
# What was installed is noted in .venv, so a second run does nothing. A run that was
# interrupted is noticed, and .venv made anew.
set -eu
cd -- "$(dirname -- "$0")/.."
. scripts/common.sh

VENV=.venv
TORCH_CPU_INDEX=${TORCH_CPU_INDEX-https://download.pytorch.org/whl/cpu}
GIGABYTES_CUDA=8
GIGABYTES_CPU=5

# Tells whether these lock files, unchanged, are what $VENV/installed-$1.txt notes.
is_installed() {
    part=$1
    shift
    cat "$@" | cmp -s - "$VENV/installed-$part.txt" 2>/dev/null
}

make_venv() {
    if [ -e "$VENV/unfinished" ]; then
        ! kill -0 "$(cat "$VENV/unfinished")" 2>/dev/null ||
            fail "Another set-up of this folder is running: wait until it has ended."
        say "The last set-up was interrupted: starting $VENV anew"
        rm -rf "$VENV"
    elif { [ -e "$VENV" ] || [ -L "$VENV" ]; } && ! is_python_310 "$VENV/bin/python"; then
        say "$VENV has no working Python 3.10: starting it anew"
        rm -rf "$VENV"
    fi
    if [ ! -e "$VENV" ]; then
        find_python
        say "Making $VENV with $("$PYTHON" --version)"
        "$PYTHON" -m venv --without-pip "$VENV" ||
            fail "Python could not make $VENV; on Debian or Ubuntu: apt install python3.10-venv"
    fi
    PYTHON=$VENV/bin/python
}

# Installs exactly the files that a lock names, all that is needed; any other file is refused.
install() {
    try_install --require-hashes -r "$1" || fail \
        "The packages could not be installed; the lines above say why. Run the same command again."
}

try_install() {
    if [ -n "$UV" ]; then
        "$UV" pip install --no-deps --python "$VENV/bin/python" "$@"
    else
        "$VENV/bin/python" -m pip install --no-deps --disable-pip-version-check "$@"
    fi
}

get_installer() {
    if get_uv; then return; fi
    say "uv could not be had: using pip, which takes a few minutes longer"
    "$VENV/bin/python" -m ensurepip >/dev/null ||
        fail "Python has no pip; on Debian or Ubuntu: apt install python3.10-venv"
}

# On Linux the usual PyTorch brings 3.4 GB for graphics cards, which the bot never uses.
cpu_index_answers() {
    [ "$(uname -s)" = Linux ] && [ -n "$TORCH_CPU_INDEX" ] || return 1
    "$PYTHON" - "$TORCH_CPU_INDEX/torch/" <<'PROBE' 2>/dev/null
import os, sys, threading, urllib.request
clock = threading.Timer(3, os._exit, [1])
clock.daemon = True
clock.start()
urllib.request.urlopen(sys.argv[1], timeout=3).read(1)
PROBE
}

need_space() {
    free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1048576) }')
    [ "$free" -ge "$1" ] || fail \
        "The packages need $1 GB of disk and only $free GB are free here. Make room, then run the same command again."
}

install_torch() {
    if cpu_index_answers; then
        need_space $GIGABYTES_CPU
        say "Installing PyTorch, CPU build"
        # Another build than the lock's, so that its hash is not known.
        if try_install --index-url "$TORCH_CPU_INDEX" "$(grep -o '^torch==[^ ]*' requirements.lock)"; then
            return
        fi
        say "The CPU build could not be installed: taking the usual one"
    fi
    if [ "$(uname -s)" = Linux ]; then
        say "PyTorch's index of CPU builds was not used: the usual build is 3.4 GB larger"
        need_space $GIGABYTES_CUDA
        install requirements-cuda.lock
    else
        need_space $GIGABYTES_CPU
    fi
}

install_parts() {
    echo $$ >"$VENV/unfinished"
    get_installer
    if ! is_installed bot requirements.lock requirements-cuda.lock; then
        say "Installing the bot's packages (a few minutes the first time)"
        install_torch
        install requirements.lock
        cat requirements.lock requirements-cuda.lock >"$VENV/installed-bot.txt"
    fi
    if [ "$want_dev" = yes ] && ! is_installed dev requirements-dev.lock; then
        say "Installing what tests and checks need"
        install requirements-dev.lock
        cat requirements-dev.lock >"$VENV/installed-dev.txt"
    fi
    rm "$VENV/unfinished"
}

case ${1-} in
    '') want_dev=no ;;
    dev) want_dev=yes ;;
    *) fail "usage: sh scripts/setup.sh [dev]" ;;
esac
make_venv
if ! is_installed bot requirements.lock requirements-cuda.lock ||
    { [ "$want_dev" = yes ] && ! is_installed dev requirements-dev.lock; }; then
    install_parts
fi
