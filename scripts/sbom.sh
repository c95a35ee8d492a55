#!/bin/sh
# Lists what the bot runs on, with versions and hashes, as CycloneDX: requirements.lock -> sbom.json.
set -eu
cd -- "$(dirname -- "$0")/.."
. scripts/common.sh

TOOL=.cache/sbom
find_python
get_uv || fail "uv is needed to install the tool that lists packages, and it could not be had."
"$UV" venv --quiet --allow-existing --python "$PYTHON" "$TOOL"
"$UV" pip sync --quiet --require-hashes --python "$TOOL/bin/python" requirements-sbom.lock
"$TOOL/bin/cyclonedx-py" requirements --output-reproducible -o sbom.json requirements.lock
say "Wrote sbom.json"
