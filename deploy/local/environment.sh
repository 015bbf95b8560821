#!/usr/bin/env bash
# Makes .venv exactly what requirements.lock says; quick where nothing changed. Only this script installs Python packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "environment: Python 3.11 or newer is needed, $python is $("$python" -V 2>&1); name another one: make PYTHON=python3.12" >&2
    exit 1
fi

wanted=$(cat requirements.lock pyproject.toml deploy/local/uv.txt deploy/local/environment.sh | "$python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')
built=.venv/.built-from
mkdir -p .local
exec 9>.local/environment.lock
if command -v flock >/dev/null; then flock 9; fi
if [ "$(cat "$built" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi

echo "environment: building .venv from requirements.lock ($(grep -c "==" requirements.lock) packages; downloads what the cache lacks)"
rm -f "$built"

# A registry may falter for a moment; what was fetched stays in the cache.
again() {
    local attempt
    for attempt in 1 2 3; do
        if "$@"; then return 0; fi
        echo "environment: attempt $attempt of 3 failed: $*" >&2
        sleep $((attempt * 5))
    done
    return 1
}

export PIP_DISABLE_PIP_VERSION_CHECK=1
# An account may have no home to write to: what is downloaded is then kept in the checkout.
[ -w "${XDG_CACHE_HOME:-${HOME:-/}}" ] || export XDG_CACHE_HOME="$PWD/.local/downloads"
if ! .venv/bin/uv --version 2>/dev/null | grep -qF "uv $(sed -n 's/^uv==\([0-9.]*\).*/\1/p' deploy/local/uv.txt)"; then
    "$python" -m venv --clear .venv
    again .venv/bin/python -m pip install --quiet --require-hashes -r deploy/local/uv.txt
fi
export VIRTUAL_ENV="$PWD/.venv"
again .venv/bin/uv pip sync --require-hashes requirements.lock
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
# Python 3.11 reads this file as the locale says, also where that is C and the checkout's path no ASCII: no path, then.
LC_ALL=C sed -i 's|.*/|../../../../|' .venv/lib/python3*/site-packages/_complaints.pth
echo "$wanted" >"$built"
