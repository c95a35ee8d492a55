# Shared by the scripts of this folder, which run it with `.`; needs only POSIX sh.

# After a change: `make lock`, with the version before.
UV_VERSION=0.13.8
UV=

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'Error: %s\n' "$*" >&2
    exit 1
}

is_python_310() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1
}

# Sets PYTHON to a Python 3.10: the one you name, or any of PATH, pyenv, uv or Homebrew.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_python_310 "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.10."
        return
    fi
    for candidate in \
        python3.10 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10.*/bin/python3.10 \
        "${UV_PYTHON_INSTALL_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/uv/python}"/cpython-3.10*/bin/python3.10 \
        /opt/homebrew/opt/python@3.10/bin/python3.10 \
        /usr/local/opt/python@3.10/bin/python3.10 \
        /home/linuxbrew/.linuxbrew/opt/python@3.10/bin/python3.10 \
        /Library/Frameworks/Python.framework/Versions/3.10/bin/python3.10 \
        /usr/local/bin/python3.10 /usr/bin/python3.10; do
        if is_python_310 "$candidate"; then
            PYTHON=$candidate
            return
        fi
    done
    fail "Python 3.10 is needed and was not found (Rasa 3.6 runs on no newer one).
Install it in one of these ways, then run the same command again:
  uv python install 3.10
  pyenv install 3.10
  brew install python@3.10
  apt install python3.10 python3.10-venv    (Ubuntu 22.04)
Or name it: make run PYTHON=/path/to/python3.10"
}

# Sets UV to the installer `uv`, kept in a small environment of its own; false if it cannot be had.
get_uv() {
    folder=.cache/uv-$UV_VERSION
    if ! "$folder/bin/uv" --version >/dev/null 2>&1; then
        say "Getting the installer uv $UV_VERSION"
        rm -rf "$folder"
        "$PYTHON" -m venv "$folder" &&
            "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
                --require-hashes -r requirements-uv.lock || return 1
    fi
    UV=$folder/bin/uv
}
