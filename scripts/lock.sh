#!/bin/sh
# Pins every package and its files, for Linux and macOS: requirements*.in -> requirements*.lock.
#
# What only PyTorch's usual Linux build needs (CUDA, Triton) goes to requirements-cuda.lock;
# scripts/setup.sh installs it with that build alone.
set -eu
cd -- "$(dirname -- "$0")/.."
. scripts/common.sh

EVERYWHERE=" ; (platform_machine == 'arm64' and sys_platform == 'darwin') or (platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')"
LINUX="(platform_machine == 'aarch64' and sys_platform == 'linux') or (platform_machine == 'x86_64' and sys_platform == 'linux')"
CUDA='^(nvidia-|cuda-|triton==)'

# Prints the packages, with hashes, that $1 and all it needs come to. The markers are cut to what
# tells our platforms apart: uv repeats, on every line, the ones that hold on all of them.
pin() {
    "$UV" pip compile --quiet --universal --python "$PYTHON" --python-version 3.10 \
        --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$1" |
        sed -e "s/python_full_version < '3.11' and //g" \
            -e "s/\(platform_python_\)\{0,1\}implementation\(_name\)\{0,1\} [!=]= '[A-Za-z]*' and //g" \
            -e "s/$EVERYWHERE \\\\\$/ \\\\/" -e "s/$LINUX/sys_platform == 'linux'/"
}

# Passes on the packages that PyTorch's CUDA build needs (1), or all others (0).
with_cuda() { awk -v wanted="$1" -v names="$CUDA" '/^[a-z]/ { cuda = $0 ~ names } cuda == wanted'; }

find_python
get_uv || fail "uv is needed to pin the packages, and it could not be had."
say "Pinning requirements.in"
pin requirements.in >requirements.all
with_cuda 1 <requirements.all >requirements-cuda.lock
with_cuda 0 <requirements.all >requirements.lock
rm requirements.all
say "Pinning requirements-dev.in"
pin requirements-dev.in | with_cuda 0 >requirements-dev.lock
say "Pinning requirements-sbom.in"
pin requirements-sbom.in >requirements-sbom.lock
say "Pinning uv"
echo "uv==$UV_VERSION" >requirements-uv.in
pin requirements-uv.in >requirements-uv.lock
rm requirements-uv.in
grep -c == requirements*.lock
